import type { Upstream } from '../errors.ts'
import { statusError } from '../http/status-error.ts'
import type { HttpResponse } from '../http/transport.ts'
import type { Refusal } from '../identity/writes/account-writer.ts'

/**
 * What an answer to a write that is no success means, the same for both upstreams.
 *
 * @param fields the fields that the answer finds fault with, by our names.
 * @throws PublicError for a status that is no refusal of this write, and for one after which it may have been done.
 */
export function refusalOf(upstream: Upstream, { status }: HttpResponse, fields: readonly string[] = []): Refusal {
  switch (status) {
    case 403:
      return { kind: 'refused', reason: 'NOT_GRANTED', fields: [] }
    case 404:
      return { kind: 'refused', reason: 'NOT_FOUND', fields: [] }
    // 405 is also what the vendor says to a change that the state of a thing does not allow.
    case 400:
    case 405:
    case 409:
    case 422:
      return { kind: 'refused', reason: 'REJECTED', fields }
    default:
      throw statusError(upstream, status)
  }
}
