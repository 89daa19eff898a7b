import { upstreamError } from '../../errors.ts'
import { MAX_PAGE_SIZE, type CursorPage, type CursorPageToken } from '../../identity/account-source.ts'
import { readCursorBatch } from '../../identity/cursor-walk.ts'
import type { IdentitySource } from '../../identity/identity.ts'
import { KEPT_IDS, type Place } from '../../identity/place.ts'
import { MAX_STEPS, rememberPlace, type SweepStep } from './sweep-step.ts'

/** How often in a row a page may show nothing new. */
const MAX_STANDSTILL = 3

export type ReadCursorPage = (token: CursorPageToken) => Promise<CursorPage | null>

/**
 * Reads a cursor list that changes meanwhile, from a place to its end. Each page begins behind a row that was passed, so
 * nobody who was there throughout can be between two of them; a row that the upstream no longer knows is replaced by one
 * before it, as in a walk.
 *
 * @throws PublicError WALK_INTERRUPTED when the place is lost; UPSTREAM_INVALID_RESPONSE when the cursor stands still,
 * goes round or never ends.
 */
export async function* sweepCursorList(
  source: IdentitySource,
  read: ReadCursorPage,
  from: Place,
  now: () => Date,
): AsyncGenerator<SweepStep> {
  const rounds = new RoundTrip()
  let place = from
  let standstill = 0
  for (let step = 0; step < MAX_STEPS; step++) {
    const askedAt = now()
    const batch = await readCursorBatch(source, read, place, MAX_PAGE_SIZE)
    standstill = batch.rows.length > 0 ? 0 : standstill + 1
    const lastId = batch.place.seen.at(-1)
    if (batch.more && (standstill > MAX_STANDSTILL || (batch.rows.length > 0 && rounds.meets(lastId)))) {
      throw upstreamError('UPSTREAM_INVALID_RESPONSE', source, 'the cursor does not move')
    }
    const after = place.seen.at(-1) ?? null
    place = rememberPlace(batch.place, KEPT_IDS)
    yield { rows: batch.rows.map((row) => row.identity), askedAt, after, place, last: !batch.more }
    if (!batch.more) return
  }
  throw upstreamError('UPSTREAM_INVALID_RESPONSE', source, 'the list does not end')
}

/**
 * Whether a list leads back to where it was, without remembering all of it: one id is kept, then one twice as far on, and
 * so forth. Whoever goes round comes by it again.
 */
class RoundTrip {
  #landmark: string | undefined
  #steps = 0
  #renewAt = 1

  meets(id: string | undefined): boolean {
    if (id === this.#landmark) return true
    if (++this.#steps === this.#renewAt) {
      this.#landmark = id
      this.#renewAt *= 2
    }
    return false
  }
}
