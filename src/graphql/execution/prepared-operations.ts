import { OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import { readConditions } from './conditions.ts'
import { prepare } from './prepare.ts'
import type { PreparedOperation } from './prepared-field.ts'

/** Of all operations together. Whoever writes values into the document sends a new one each time. */
const MAX_BYTES = 50_000_000
/** As measured. What is known of an operation holds its whole document, which Apollo Server may have let go of long since. */
const BYTES_PER_CHARACTER = 100
const BYTES_PER_FIELD = 300

/** What is known of an operation: by the values of its conditions, how it is run. */
interface Known {
  /** Undefined: it is never prepared. */
  readonly conditions: readonly string[] | undefined
  readonly prepared: ReadonlyMap<string, PreparedOperation | undefined>
}

/** Operations are prepared once: Apollo Server parses a document once and keeps it, so each is known by its node. */
export class PreparedOperations {
  readonly #known = new LRUCache<OperationDefinitionNode, Known>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ prepared }, { loc }) => {
      const fields = [...prepared.values()].reduce((sum, each) => sum + (each?.size ?? 0), 1)
      return fields * BYTES_PER_FIELD + (loc?.source.body.length ?? 0) * BYTES_PER_CHARACTER
    },
  })

  /**
   * Undefined: it is left to graphql-js.
   *
   * @param variables coerced.
   */
  of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): PreparedOperation | undefined {
    if (operation.operation !== OperationTypeNode.QUERY) return undefined
    const known = this.#known.get(operation) ?? this.#firstSeen(document, operation)
    if (!known.conditions) return undefined
    const values = known.conditions.map((name) => variables[name])
    // Null, where a variable has a default beside it, is an error of the place where it stands.
    if (!values.every((value) => typeof value === 'boolean')) return undefined
    const key = values.join(' ')
    if (known.prepared.has(key)) return known.prepared.get(key)
    const conditions = Object.fromEntries(known.conditions.map((name, at) => [name, values[at] as boolean]))
    const prepared = prepare(schema, document, operation, conditions)
    this.#known.set(operation, { ...known, prepared: new Map([...known.prepared, [key, prepared]]) })
    return prepared
  }

  #firstSeen(document: DocumentNode, operation: OperationDefinitionNode): Known {
    const known: Known = { conditions: readConditions(document), prepared: new Map() }
    this.#known.set(operation, known)
    return known
  }
}
