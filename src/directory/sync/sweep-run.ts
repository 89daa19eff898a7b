import type { Place } from '../../identity/place.ts'
import type { DirectoryWriter, OpenSweep } from '../store/store.ts'
import { decodeBookmark, encodeBookmark, firstBookmark, type Bookmark } from './sweep-bookmark.ts'
import type { SourceReader } from './source-reader.ts'
import { sweepCursorList } from './sweep-cursor.ts'
import { sweepOffsetList } from './sweep-offset.ts'
import { SweepSaver } from './sweep-saver.ts'
import type { SweepStep } from './sweep-step.ts'
import type { SyncClock } from './sync-clock.ts'

/** What one run of a sweep has done so far; it tells also when the run fails. */
export interface SweepTally {
  open: OpenSweep | undefined
  bookmark: Bookmark
  /** How old its first pages are: how long before this run it was begun. 0: it was begun by this run. */
  resumedAfterMs: number
  added: number
  changed: number
}

export function newTally(now: Date): SweepTally {
  return { open: undefined, bookmark: firstBookmark(now), resumedAfterMs: 0, added: 0, changed: 0 }
}

export interface SweepRun {
  readonly reader: SourceReader
  readonly writer: DirectoryWriter
  readonly clock: SyncClock
  /** How long the list was lately; 0: unknown. */
  readonly expected: number
  readonly onStep: (tally: SweepTally) => void
}

/**
 * Goes on with the sweep that was interrupted, or begins one, and reads to the end of the list. When it settles, everyone
 * who was there throughout has been saved; when it fails, every page that was read before has been.
 *
 * @throws PublicError of the source, or whatever the store rejects with; each page saved so far stays saved.
 */
export async function runSweep(run: SweepRun, tally: SweepTally): Promise<OpenSweep> {
  const { reader, writer, clock } = run
  const open = await openSweep(run, tally)
  const saver = new SweepSaver(async (pages) => {
    const saved = await writer.saveSweepPages(pages)
    tally.added += saved.added
    tally.changed += saved.changed
  })
  try {
    for await (const step of steps(run, tally.bookmark.place)) {
      const { pages, users } = tally.bookmark
      const at = clock.now()
      tally.bookmark = { place: step.place, pages: pages + 1, users: users + step.rows.length, at }
      if (step.rows.length > 0) {
        const { rows, askedAt, after } = step
        const progress = encodeBookmark(tally.bookmark)
        await saver.take({ source: reader.source, sweep: open.sweep, rows, askedAt, after, progress })
      }
      run.onStep(tally)
    }
  } finally {
    await saver.end()
  }
  return open
}

async function openSweep({ reader, writer, clock }: SweepRun, tally: SweepTally): Promise<OpenSweep> {
  const now = clock.now()
  const found = await writer.openSweep(reader.source, now)
  const bookmark = found.progress === null ? undefined : decodeBookmark(found.progress, now)
  // Words that we do not understand, or a place that nobody has been to for long.
  const isLost = found.progress !== null && !bookmark
  tally.open = isLost ? await writer.restartSweep(reader.source, now) : found
  tally.bookmark = bookmark ?? firstBookmark(now)
  tally.resumedAfterMs = bookmark ? Math.max(0, now.getTime() - found.startedAt.getTime()) : 0
  return tally.open
}

function steps({ reader, clock, expected }: SweepRun, from: Place): AsyncGenerator<SweepStep> {
  return reader.paging === 'offset'
    ? sweepOffsetList(reader.source, reader.readPage, from, expected)
    : sweepCursorList(reader.source, reader.readPage, from, clock.now)
}
