/** How far the directory can speak of one source, for one request. */
export interface Standing {
  /** Whether a sweep of it was ever whole. */
  readonly ready: boolean
  /** Whether the last whole sweep began late enough for this request, and no write of ours was lost on it since. */
  readonly fresh: boolean
  /** Whether every account has the fields that the question goes by, or never will have them. */
  readonly carried: boolean
  /** Whether those of these fields that lists do not carry were read late enough for this request. */
  readonly current: boolean
}

export interface ModeQuestion {
  /** The mode in which its walk began; null: it begins here, or is no walk. */
  readonly begunIn: 'live' | 'directory' | null
  /** Whether only the directory can answer it. */
  readonly needsDirectory: boolean
  /** Of each source that it needs. */
  readonly standings: readonly Standing[]
}

/**
 * - `directory`: from what is kept, with no call.
 * - `live`: from the sources.
 * - `wait`: from the directory, as soon as a sweep that is fresh enough is whole.
 * - `unready`: nobody can answer it before the first sweep is whole.
 * - `lacking`: nobody can answer it before the fields that list rows lack have been asked for.
 * - `aged`: these were asked for, but too long ago for this request, and no sweep reads them anew.
 */
export type Mode = 'directory' | 'live' | 'wait' | 'unready' | 'lacking' | 'aged'

export function chooseMode({ begunIn, needsDirectory, standings }: ModeQuestion): Mode {
  // A walk ends in the mode in which it began: the two have different orders.
  if (begunIn === 'live') return 'live'
  const isBound = needsDirectory || begunIn === 'directory'
  // Empty never stands for unknown.
  if (!standings.every(({ ready }) => ready)) return isBound ? 'unready' : 'live'
  // Whoever lacks a field stands in a wrong place or in none. A walk under way goes on all the same: who is new since it
  // began is not promised to it, and everybody else had been put where they belong.
  if (begunIn === null && !standings.every(({ carried }) => carried)) return isBound ? 'lacking' : 'live'
  if (!standings.every(({ current }) => current)) return isBound ? 'aged' : 'live'
  if (standings.every(({ fresh }) => fresh)) return 'directory'
  return isBound ? 'wait' : 'live'
}
