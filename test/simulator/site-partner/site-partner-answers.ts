import { STATUS_CODES } from 'node:http'
import { Refusal, retryAfterHeaders, wholeSeconds } from '../server/answer.ts'
import type { Answer, Dialect, Exchange } from '../server/answer.ts'
import { KNOWN_PARTNERS } from '../people/known-people.ts'
import { NETWORK_ID } from '../people/records.ts'
import type { SitePartnerPerson } from '../people/records.ts'
import type { SitePartnerSwitches } from './site-partner-switches.ts'

/** A failure in the words of the vendor's API gateway. */
export function gatewayFailure(status: number, message = STATUS_CODES[status] ?? 'Error'): Refusal {
  return new Refusal({ status, body: { message } })
}

export function createSitePartnerDialect(now: () => Date): Dialect {
  const isToken = (endpoint: string): boolean => endpoint === 'POST /oauth/token'
  return {
    failure(status, endpoint) {
      if (!isToken(endpoint)) return gatewayFailure(status).answer
      const error = status === 429 ? 'too_many_requests' : 'access_denied'
      return { status, body: { error, error_description: STATUS_CODES[status] ?? 'Error' } }
    },
    throttleHeaders(style, seconds, endpoint) {
      if (style !== 'vendor') return retryAfterHeaders(style, seconds, now())
      // The API itself documents no headers; its identity platform counts to a moment, in seconds of the epoch.
      if (!isToken(endpoint)) return {}
      const reset = Math.ceil(now().getTime() / 1000) + seconds
      return { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) }
    },
  }
}

/** A user as lists, creates and updates show one. */
export function shownUser(person: SitePartnerPerson, { timestamps }: SitePartnerSwitches): Record<string, unknown> {
  const { createdAt, updatedAt, ...rest } = person
  const shown = timestamps === 'seconds' ? wholeSeconds : (iso: string): string => iso
  return { ...rest, createdAt: shown(createdAt), updatedAt: shown(updatedAt) }
}

export interface Listed {
  id: string
}

/** One page of `items` (all that the caller may see, in a steady order), as `limit` and `startingAfter` ask. */
export function listPage<Item extends Listed>(
  items: readonly Item[],
  { query }: Exchange,
  switches: SitePartnerSwitches,
  visible: (item: Item) => boolean,
  shown: (item: Item) => unknown,
): Answer {
  const limit = query.get('limit') ?? '20'
  if (!/^([0-9][0-9]?|100)$/.test(limit)) throw gatewayFailure(400, 'Invalid limit')
  const cursor = query.get('startingAfter')
  let start = 0
  if (cursor !== null && !switches.cursorStuck) {
    const index = items.findIndex(({ id }) => id === cursor)
    start = index < 0 ? unknownCursor(switches, items.length) : index + 1
  }
  const found: Item[] = []
  // One more than asked for tells whether there is more.
  for (let index = start; index < items.length && found.length <= Number(limit); index += 1) {
    const item = items[index]
    if (item !== undefined && visible(item)) found.push(item)
  }
  const stuck = switches.cursorStuck || switches.hasMoreWithoutItems
  const hasMore = stuck || found.length > Number(limit)
  const page = switches.hasMoreWithoutItems ? [] : found.slice(0, Number(limit)).map(shown)
  return { status: 200, body: { data: switches.omitItems ? { hasMore } : { hasMore, items: page } } }
}

function unknownCursor({ unknownCursor: answer }: SitePartnerSwitches, end: number): number {
  if (answer === 'bad-request') throw gatewayFailure(400, 'Invalid startingAfter')
  if (answer === 'not-found') throw gatewayFailure(404, 'Not Found')
  return answer === 'empty' ? end : 0
}

/** The site partners as their own list shows them: what describes one is under the name of its type. */
export const shownPartners: readonly (Listed & Record<string, unknown>)[] = Object.values(KNOWN_PARTNERS).map(
  ({ id, type, name }, index) => ({
    id,
    type,
    network: { id: NETWORK_ID },
    createdAt: '2019-01-07T08:00:00Z',
    updatedAt: '2019-01-07T08:00:00Z',
    [type]: {
      name,
      physicalAddress: {
        streetNumber: String(100 + index),
        streetName: 'Example Street',
        city: 'Springfield',
        state: 'MA',
        postalCode: '01101',
        countryCode: 'US',
      },
      contactDetails: { phone: '+1 555 0100', email: `desk${index + 1}@example.com` },
    },
  }),
)
