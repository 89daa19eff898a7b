import { PublicError } from '../errors.ts'
import type { WalkedPage, WalkedRow } from './connection.ts'
import { SOURCES, type IdentitySource } from './identity.ts'
import { START, type Position } from './place.ts'
import { notConfigured, stateAfterAnswer, stateAfterError, type SourceState } from './source-states.ts'
import type { ReadStretch, Stretch } from './stretch.ts'

export type Positions = Readonly<Record<IdentitySource, Position>>

export const WALK_START: Positions = { LEGACY: START, SITE_PARTNER: START }

export interface WalkOptions {
  readonly first: number
  /** The sources to walk; one that `readers` lacks is not configured. */
  readonly sources: readonly IdentitySource[]
  readonly allowPartial: boolean
  readonly readers: Partial<Readonly<Record<IdentitySource, ReadStretch>>>
  readonly toCursor: (positions: Positions) => string
  readonly now: () => Date
}

/**
 * One page of the walk through the sources, one behind the other: LEGACY first.
 *
 * With `allowPartial` a source that fails keeps its position and the page goes on with the next one; a later page, asked
 * for with this page's cursor, finds it where it was left.
 *
 * @throws PublicError of the first source that fails, unless `allowPartial`.
 */
export async function walkPage(from: Positions, options: WalkOptions): Promise<WalkedPage> {
  const rows: WalkedRow[] = []
  const states: SourceState[] = []
  const positions: Record<IdentitySource, Position> = { ...from }
  let complete = true
  for (const source of SOURCES.filter((each) => options.sources.includes(each))) {
    const place = positions[source]
    const read = options.readers[source]
    if (place === 'end') continue
    if (!read) {
      states.push(notConfigured(source))
      continue
    }
    const stretch = await attempt(() => read(place, options.first - rows.length), options)
    if (stretch instanceof PublicError) {
      states.push(stateAfterError(source, stretch.code, options.now()))
      complete = false
      continue
    }
    states.push(stateAfterAnswer(source, options.now()))
    rows.push(...walkedRows(source, stretch, { ...positions }, options))
    if (stretch.more) return { rows, more: true, complete, sources: states }
    positions[source] = 'end'
  }
  return { rows, more: false, complete, sources: states }
}

async function attempt(read: () => Promise<Stretch>, options: WalkOptions): Promise<Stretch | PublicError> {
  try {
    return await read()
  } catch (error) {
    // A place that is lost stays lost: a page without it would only hide that the walk has to begin anew.
    const isOutage = error instanceof PublicError && error.source && error.code !== 'WALK_INTERRUPTED'
    if (options.allowPartial && isOutage) return error
    throw error
  }
}

function walkedRows(source: IdentitySource, stretch: Stretch, before: Positions, options: WalkOptions): WalkedRow[] {
  return stretch.rows.map((identity, index) => ({
    identity,
    cursor: () => options.toCursor({ ...before, [source]: stretch.positionAfter(index + 1) }),
  }))
}
