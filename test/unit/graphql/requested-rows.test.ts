import { parse, type OperationDefinitionNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { measureOperation } from '../../../src/graphql/operation-size.ts'

function rowsOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text)
  return measureOperation(document, document.definitions[0] as OperationDefinitionNode).rows(variables)
}

const audit = (input: string, below: string): string => `identityAudit(input: ${input}) { ${below} }`
const EVERYTHING = 'orphans { id } withoutEmail { id } missing inSeveralSources { identities { id } }'

describe('the rows of an audit', () => {
  it.each([
    ['of each list as many as are shown, and what the search costs', '{ activeEmails: [] }', EVERYTHING, 3_000 + 5_000],
    ['as many as are asked for', '{ activeEmails: [], limit: 5000 }', 'orphans { id }', 3_000 + 5_000],
    ['none of a limit that is refused', '{ activeEmails: [], limit: -5000 }', 'orphans { id }', 3_000],
    ['none of one that is too large', '{ activeEmails: [], limit: 5001 }', 'orphans { id }', 3_000],
    ['none where nobody is shown', '{ activeEmails: [], limit: 5000 }', 'orphanCount missing complete', 3_000],
  ])('are %s', (_name, input, below, rows) => {
    expect(rowsOf(`{ ${audit(input, below)} }`)).toBe(rows)
  })

  it.each([
    ['the limit', 'query ($n: Int) {', '{ activeEmails: [], limit: $n }', { n: 20 }],
    ['its default', 'query ($n: Int = 20) {', '{ activeEmails: [], limit: $n }', {}],
    ['the whole input', 'query ($i: IdentityAuditInput!) {', '$i', { i: { activeEmails: [], limit: 20 } }],
  ])('are known where %s is a variable', (_name, head, input, variables) => {
    expect(rowsOf(`${head} ${audit(input, 'orphans { id } inSeveralSources { email }')} }`, variables)).toBe(3_040)
  })

  // Each keeps the one worker that audits may take busy: 30 of them under aliases would have kept everybody else's out.
  it('leave room for three in one operation', () => {
    const several = (count: number): string =>
      Array.from({ length: count }, (_, index) => `a${index}: ${audit('{ activeEmails: [] }', 'orphanCount')}`).join(
        ' ',
      )
    expect(rowsOf(`{ ${several(3)} }`)).toBeLessThanOrEqual(10_000)
    expect(rowsOf(`{ ${several(4)} }`)).toBeGreaterThan(10_000)
  })
})
