import fc from 'fast-check'
import { execute, getVariableValues, Kind, parse, type ExecutionResult, type GraphQLError } from 'graphql'
import { expect, test } from 'vitest'
import type { Context } from '../../src/graphql/context.ts'
import { stringifyAnswer } from '../../src/graphql/execution/answer-text.ts'
import { PreparedOperations } from '../../src/graphql/execution/prepared-operations.ts'
import { run } from '../../src/graphql/execution/run.ts'
import { whimsicalSchema, type Whims } from './whimsical-schema.ts'

const schema = whimsicalSchema()

const LEAVES: Readonly<Record<string, readonly string[]>> = {
  Query: ['__typename', 'a: text(text: "x")', 'b: text(text: $text)', 'text(text: $text)'],
  Node: [
    '__typename',
    'id',
    'name',
    'count',
    'ratio',
    'flag',
    'kind',
    'tags',
    'matrix',
    'other: name',
    '...Names',
    'flag @skip(if: $no)',
    'kind @include(if: $no)',
  ],
  Other: ['id', 'flag', '__typename'],
  Thing: ['__typename', '... on Other { flag }', '... on Node { ...Names }'],
}
/** What stands before a selection, and the type that it is on. */
const BRANCHES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Query: [
    ['node', 'Node'],
    ['n: node(n: $n, ids: ["1", $id], kind: FIRST)', 'Node'],
    ['strictNode', 'Node'],
    ['nodes', 'Node'],
    ['things', 'Thing'],
  ],
  Node: [
    ['child', 'Node'],
    ['strictChild', 'Node'],
    ['children', 'Node'],
    ['strictChildren', 'Node'],
    ['thing', 'Thing'],
    ['strictThing', 'Thing'],
    ['... on Node', 'Node'],
    ['... @include(if: $yes)', 'Node'],
    ['child @skip(if: $no)', 'Node'],
  ],
  Other: [['node', 'Node']],
  Thing: [
    ['... on Node', 'Node'],
    ['... on Other', 'Other'],
  ],
}

/** The same field may stand several times, here and in fragments, and is merged. */
function selection(type: string, depth: number): fc.Arbitrary<string> {
  const leaves = fc.constantFrom(...(LEAVES[type] ?? []))
  const branches = (BRANCHES[type] ?? []).map(([head, on]) => selectionBelow(head, on, depth))
  const parts = depth === 0 ? leaves : fc.oneof(leaves, ...branches)
  return fc.array(parts, { minLength: 1, maxLength: 4 }).map((chosen) => `{ ${chosen.join(' ')} }`)
}

function selectionBelow(head: string, on: string, depth: number): fc.Arbitrary<string> {
  return depth === 0 ? fc.constant('__typename') : selection(on, depth - 1).map((below) => `${head} ${below}`)
}

const documents = selection('Query', 4).map(
  (fields) => `query Q($n: Int, $id: ID = "4", $text: String = "t", $no: Boolean!, $yes: Boolean = true) ${fields}
    fragment Names on Node { name nick: name child { id } }`,
)
const inputs = fc.record(
  {
    n: fc.option(fc.integer({ min: 0, max: 3 })),
    id: fc.option(fc.string()),
    text: fc.option(fc.string()),
    no: fc.boolean(),
    yes: fc.boolean(),
  },
  { requiredKeys: ['no'] },
)

/** As it is sent; errors in the order of their places, since those that are waited for come as they come. */
function sent({ data, errors = [] }: ExecutionResult): readonly unknown[] {
  return [stringifyAnswer({ data: data ?? null }), errors.map(told).toSorted()]
}

/** What is said of a value that does not fit its type is written anew by whoever says it, and shown to nobody. */
function told(error: GraphQLError): string {
  const { message, originalError, nodes = [] } = error
  const isThrown = message.startsWith('thrown at') || message.startsWith('given at')
  return JSON.stringify([error.path, error.locations, nodes.length, isThrown && [message, originalError?.message]])
}

async function bothAnswer(source: string, given: Readonly<Record<string, unknown>>, whims: Whims) {
  const document = parse(source)
  const operation = document.definitions[0]
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('There is no operation')
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given)
  if (!coerced) throw new Error('The variables do not fit')
  const prepared = new PreparedOperations().of(schema, document, operation, coerced)
  if (!prepared) throw new Error('It was not prepared')
  const ours = await run(prepared, whims as unknown as Context, coerced)
  const theirs = await execute({ schema, document, contextValue: whims, variableValues: given })
  return { ours: ours as unknown as ExecutionResult, theirs }
}

test.each<[Whims['failures'], string]>([
  ['nowhere', 'at once or later'],
  ['where null may be', 'at once or later'],
  ['anywhere', 'at once'],
])(
  'an operation of which parts fail %s, %s, is answered as graphql-js answers it, to the letter',
  async (failures, when) => {
    const promises = when === 'at once' ? fc.constant(false) : fc.boolean()
    await fc.assert(
      fc.asyncProperty(documents, inputs, fc.integer(), promises, async (source, given, seed, hasPromises) => {
        const { ours, theirs } = await bothAnswer(source, given, { seed, failures, promises: hasPromises })
        expect(sent(ours)).toEqual(sent(theirs))
      }),
      { numRuns: 400 },
    )
  },
)
