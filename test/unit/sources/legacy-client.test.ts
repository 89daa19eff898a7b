import { expect, test } from 'vitest'
import type { HttpTransport } from '../../../src/http/transport.ts'
import { createLegacyClient } from '../../../src/sources/legacy/client.ts'

const scope = { signal: new AbortController().signal, notBefore: Number.NEGATIVE_INFINITY }

/** A PUT that is answered with 401, where `/user/self` answers with this status. */
function putWithSelf(status: number) {
  const transport: HttpTransport = async ({ method }) => ({
    status: method === 'PUT' ? 401 : status,
    headers: {},
    body: undefined,
  })
  return createLegacyClient(transport).putUser('1', {}, scope)
}

test.each([200, 403, 404])('a 401 to a write is a missing right where the keys are good for %i', async (status) => {
  await expect(putWithSelf(status)).resolves.toMatchObject({ kind: 'refused', reason: 'NOT_GRANTED' })
})

// A 503 to the question whether the keys are alive was taken for a yes, and people were sent to ask the vendor for a right.
test.each([401, 408, 429, 500, 503])(
  'it says nothing of rights where %i does not say that the keys are good',
  async (status) => {
    await expect(putWithSelf(status)).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED', delivery: 'REFUSED' })
  },
)
