import type { GraphQLResolveInfo } from 'graphql'
import type { Path } from './path.ts'
import type { PreparedField, Run } from './prepared-field.ts'

/** What a resolver gets as its fourth argument. Few look at it and each row's fields have one, so it is made of what is there. */
export class RunInfo implements GraphQLResolveInfo {
  readonly #field: PreparedField
  readonly #run: Run
  readonly path: Path

  constructor(field: PreparedField, run: Run, path: Path) {
    this.#field = field
    this.#run = run
    this.path = path
  }

  get fieldName(): GraphQLResolveInfo['fieldName'] {
    return this.#field.definition.name
  }
  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.#field.nodes
  }
  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.#field.definition.type
  }
  get parentType(): GraphQLResolveInfo['parentType'] {
    return this.#field.parentType
  }
  get schema(): GraphQLResolveInfo['schema'] {
    return this.#run.prepared.schema
  }
  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.#run.prepared.fragments
  }
  get rootValue(): GraphQLResolveInfo['rootValue'] {
    return undefined
  }
  get operation(): GraphQLResolveInfo['operation'] {
    return this.#run.prepared.operation
  }
  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.#run.variables
  }
}
