import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSubgraph, type Subgraph } from '../e2e/subgraph.ts'

/** Where the server knowingly does otherwise. The specification says MAY or SHOULD of all of these, of none MUST. */
const DIFFERS: Readonly<Record<string, string>> = {
  '5A70': 'GET is not served: an operation in an address ends up in logs, and links could send it.',
  D6D5: 'GET is not served, see 5A70.',
  '6A70': 'GET is not served, see 5A70.',
  '572B': 'Apollo Server answers a document that does not parse with 400 under either media type.',
  FDE2: 'Apollo Server answers a document that does not validate with 400 under either media type.',
  '7B9B': 'Apollo Server answers variables that do not fit with 400 under either media type.',
}

let subgraph: Subgraph
beforeAll(async () => void (subgraph = await startSubgraph({ simulator: { people: { legacy: 1, sitePartner: 1 } } })))
afterAll(() => subgraph.close())

const audits = serverAudits({ url: () => subgraph.url, fetchFn: fetch })

describe('GraphQL over HTTP', () => {
  test('is audited by all that is said here to differ', () => {
    expect(audits.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(DIFFERS)))
    expect(audits.length).toBeGreaterThan(60)
    const musts = audits.filter(({ id, name }) => id in DIFFERS && name.startsWith('MUST'))
    expect(musts).toEqual([])
  })

  test.each(audits)('$id $name', async ({ id, fn }) => {
    const { status } = await fn()
    // One that passes after all is to be taken off the list.
    expect(status === 'ok' ? 'ok' : 'differs').toBe(id in DIFFERS ? 'differs' : 'ok')
  })
})
