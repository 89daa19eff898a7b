import {
  buildSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql'

const SDL = /* GraphQL */ `
  type Query {
    node(n: Int, ids: [ID!], kind: Kind = SECOND): Node
    strictNode: Node!
    nodes: [Node!]
    things: [Thing]
    text(text: String!): String
  }
  type Node {
    id: ID!
    name: String
    count: Int!
    ratio: Float
    flag: Boolean
    kind: Kind
    child: Node
    strictChild: Node!
    children: [Node]
    strictChildren: [Node!]!
    thing: Thing
    strictThing: Thing!
    tags: [String!]
    matrix: [[Int]!]
  }
  type Other {
    id: ID!
    flag: Boolean!
    node: Node
  }
  union Thing = Node | Other
  enum Kind {
    FIRST
    SECOND
  }
`

/** What of it may happen. */
export interface Whims {
  readonly seed: number
  /** Where something may fail. */
  readonly failures: 'nowhere' | 'where null may be' | 'anywhere'
  readonly promises: boolean
}

/**
 * A schema whose resolvers give, by the field's place in the answer, a value of its type, null, an error or a promise of
 * each. Whoever runs an operation in the same way gets the same answer.
 */
export function whimsicalSchema(): GraphQLSchema {
  const schema = buildSchema(SDL)
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    if (isAbstractType(type)) type.resolveType = (value: { readonly is: string }) => value.is
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      // Half of them are read by the default resolver, from objects that have what they hold from accessors.
      if (type.name === 'Query' || field.name.length % 2 === 0) field.resolve = whimsical
    }
  }
  return schema
}

const whimsical: GraphQLFieldResolver<unknown, Whims> = (_parent, args, whims, info) => {
  const place = `${JSON.stringify(args)} ${JSON.stringify(info.variableValues)} ${placeOf(info)}`
  return behave(info.returnType, place, whims, info.schema)
}

function placeOf({ path, fieldName, parentType, returnType, fieldNodes, operation }: GraphQLResolveInfo): string {
  const keys: (string | number)[] = []
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at; at = at.prev) keys.push(at.key, at.typename ?? '')
  return [fieldName, parentType, String(returnType), fieldNodes.length, operation.name?.value ?? '', ...keys].join('/')
}

function behave(type: GraphQLOutputType, place: string, whims: Whims, schema: GraphQLSchema): unknown {
  const roll = random(place, whims.seed)
  const canFail = whims.failures === 'anywhere' || (whims.failures === 'where null may be' && !isNonNullType(type))
  const value = (): unknown => {
    if (canFail && roll < 0.06) throw new Error(`thrown at ${place}`)
    if (canFail && roll < 0.1) return new Error(`given at ${place}`)
    if ((canFail || !isNonNullType(type)) && roll < 0.2) return roll < 0.15 ? null : undefined
    return valueOf(isNonNullType(type) ? type.ofType : type, place, { ...whims, canFail }, schema)
  }
  return whims.promises && random(`${place}!`, whims.seed) < 0.3 ? Promise.resolve().then(value) : value()
}

type Local = Whims & { readonly canFail: boolean }

function valueOf(type: GraphQLOutputType, place: string, whims: Local, schema: GraphQLSchema): unknown {
  const roll = random(`${place}?`, whims.seed)
  const oneOf = (good: readonly unknown[], bad: readonly unknown[]): unknown => {
    const values = whims.canFail ? [...good, ...bad] : good
    return values[Math.floor(roll * values.length)]
  }
  if (isListType(type)) {
    return Array.from({ length: Math.floor(roll * 4) }, (_, index) =>
      item(type.ofType, `${place}[${index}]`, whims, schema),
    )
  }
  const named = getNamedType(type)
  if (isEnumType(named)) return oneOf(['FIRST', 'SECOND'], ['THIRD'])
  if (isObjectType(named)) return objectOf(named.name, place, whims, schema)
  if (isAbstractType(named)) return objectOf(String(oneOf(['Node', 'Other'], ['Nobody'])), place, whims, schema)
  const { good, bad } = SCALARS[named.name as keyof typeof SCALARS]
  return oneOf(good, bad)
}

function item(type: GraphQLOutputType, place: string, whims: Whims, schema: GraphQLSchema): unknown {
  try {
    return behave(type, place, whims, schema)
  } catch (error) {
    return error
  }
}

/** What JSON text writes in another way, what serializes to something else, and what does not serialize at all. */
const SCALARS = {
  String: {
    good: [
      '',
      'plain',
      'a "quote"\\',
      'line\nbreak\u2028',
      'Zoë 😀 \u0007',
      '\uD800 half',
      'long '.repeat(40),
      4,
      true,
    ],
    bad: [{}],
  },
  ID: { good: ['legacy:1', 7, 'a"b', '', 'ü', 'x'.repeat(81), 'x'.repeat(80)], bad: [1.5] },
  Int: { good: [0, -0, 2 ** 31 - 1, '12', true], bad: [1.5, Number.NaN] },
  Float: { good: [0.1, -0, 1e21, 1e-7, '0.5', 3], bad: [Number.POSITIVE_INFINITY] },
  Boolean: { good: [true, false, 0, 1], bad: ['yes'] },
} as const

function objectOf(is: string, place: string, whims: Whims, schema: GraphQLSchema): object {
  const type = schema.getType(is)
  const fields = isObjectType(type) ? Object.values(type.getFields()) : []
  const accessors = fields.map((field): [string, PropertyDescriptor] => [
    field.name,
    { get: () => behave(field.type, `${place}.${field.name}`, whims, schema) },
  ])
  return Object.defineProperties({ is }, Object.fromEntries(accessors))
}

/** From 0 to 1, the same for the same place. */
function random(place: string, seed: number): number {
  let state = seed | 0
  for (let index = 0; index < place.length; index++) state = Math.imul(state ^ place.charCodeAt(index), 0x01_00_01_93)
  state = Math.imul(state ^ (state >>> 15), 0x85_eb_ca_6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2_b2_ae_35)
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32
}
