import type { GraphQLSchema } from 'graphql'

const NOT_VALID = 'The operation is not valid GraphQL for this schema.'
const TOO_LONG = [/^Syntax Error: Document contains more/, 'A document can have 2,000 tokens at most.'] as const

/** What a message of GraphQL's begins with or holds, and what is said in its place. The first that fits counts. */
const RETOLD: readonly (readonly [RegExp, string])[] = [
  TOO_LONG,
  [/^Syntax Error: Unterminated string/, 'The document cannot be parsed: a text does not end.'],
  [/^Syntax Error/, 'The document cannot be parsed.'],
  [/^Cannot query field/, 'The field is not in the schema.'],
  [/^Unknown argument/, 'The argument is not in the schema.'],
  [/^Unknown type/, 'The type is not in the schema.'],
  [/^Unknown directive/, 'The directive is not in the schema.'],
  [/^Unknown fragment/, 'The fragment is not in the document.'],
  [/^Field .* must have a selection of subfields/s, 'The field needs a selection of fields below it.'],
  [/^Field .* must not have a selection/s, 'The field has no fields below it.'],
  [/is required, but it was not provided/, 'A required argument or field is missing.'],
  [/^Fields .* conflict because/s, 'Two fields that differ have the same name in the answer: give one an alias.'],
  [/^Variable .* is not defined/s, 'The variable is not declared.'],
  [/^Variable .* is never used/s, 'The variable is never used.'],
  [/^Variable .* used in position expecting/s, 'The variable has a type that does not fit its place.'],
  [/^Fragment .* is never used/s, 'The fragment is never used.'],
  [/^Cannot spread fragment/, 'The fragment goes round in a circle.'],
  [
    /cannot represent|does not exist in|Expected value of type|is not defined by type/,
    'A value does not fit its type.',
  ],
]

/** The schema's own words, which are no secret where it may be asked for them. */
export function wordsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const words = new Set<string>()
  for (const type of Object.values(schema.getTypeMap())) {
    words.add(type.name)
    if ('getValues' in type) for (const value of type.getValues()) words.add(value.name)
    if (!('getFields' in type)) continue
    for (const field of Object.values(type.getFields())) {
      words.add(field.name)
      if ('args' in field) for (const argument of field.args) words.add(argument.name)
    }
  }
  return words
}

/**
 * What GraphQL says of a document, told again without the document: its messages quote literals and names, and somebody's
 * password may stand in any place. Every word of the result is ours or the schema's.
 */
export function retell(message: string, schemaWords: ReadonlySet<string>): string {
  const told = RETOLD.find(([pattern]) => pattern.test(message))?.[1] ?? NOT_VALID
  const meant = / Did you mean (.+)\?$/.exec(message)?.[1] ?? ''
  const names = [...meant.matchAll(/"(\w+)"/g)].map((match) => match[1] ?? '').filter((name) => schemaWords.has(name))
  return names.length === 0 ? told : `${told} Did you mean ${names.join(' or ')}?`
}

/** The same without a word of the schema, for production. */
export function retellBriefly(message: string): string {
  return TOO_LONG[0].test(message) ? TOO_LONG[1] : NOT_VALID
}
