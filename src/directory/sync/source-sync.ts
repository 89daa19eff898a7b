import { PublicError, type ErrorCode } from '../../errors.ts'
import type { AccountSource } from '../../identity/account-source.ts'
import type { KnownEnds, ListEnds } from '../../identity/newest-rows.ts'
import type { DirectoryWriter, Missing, OpenSweep } from '../store/store.ts'
import { Completion } from './completion.ts'
import { Conclusions, MAX_NAMED } from './conclude.ts'
import { FreshnessWaiters } from './freshness.ts'
import { isCredible } from './gone.ts'
import { endsOf, NewcomerPlace } from './list-ends.ts'
import { pollSource } from './poll.ts'
import { createSourceReader, type SourceReader } from './source-reader.ts'
import { pauseAfter, type SyncClock } from './sync-clock.ts'
import type { SweepOutcome, SyncEvents, SyncState } from './sync-report.ts'
import { newTally, runSweep, type SweepTally } from './sweep-run.ts'

export interface SyncOptions {
  readonly writer: DirectoryWriter
  readonly clock: SyncClock
  /** From the end of a sweep to the beginning of the next. */
  readonly sweepIntervalMs: number
  /** Between two looks for new accounts. */
  readonly pollIntervalMs: number
  readonly events: SyncEvents
}

/** A field that lists do not carry is read again after so many times the pause between two sweeps, if there is time for it. */
const REST_AGE_PAUSES = 10

/** How often in a row an answer at the same place of the list may break its contract before the sweep is given up. */
const MAX_BROKEN_ANSWERS = 3

interface Ending {
  readonly outcome: SweepOutcome
  readonly code: ErrorCode | null
  readonly missing: number
  readonly gone: number
}

/**
 * Keeps the directory's picture of one source up to date for as long as it runs: a sweep, then looks for new accounts
 * until the next sweep. Nothing that an upstream or the store does ends it.
 */
export class SourceSync {
  readonly #options: SyncOptions
  readonly #reader: SourceReader
  readonly #conclusions: Conclusions
  readonly #completion: Completion
  readonly #newcomers = new NewcomerPlace()
  readonly #waiters = new FreshnessWaiters()
  readonly #stopping = new AbortController()
  #wakeUp = new AbortController()
  #running: Promise<void> | undefined
  #state: SyncState
  #ends: ListEnds | undefined
  /** When the last whole sweep began, in monotonic milliseconds. */
  #wholeSince = Number.NEGATIVE_INFINITY
  /** How many sweeps in a row were not whole, and how many looks in a row failed. */
  #failures = 0
  #pollFailures = 0
  #broken = { at: '', times: 0 }
  /** What asks for single answers now, and when the next go may begin, in monotonic milliseconds. */
  #asking: Promise<void> | undefined
  #askAgainAt = Number.NEGATIVE_INFINITY

  constructor(source: AccountSource, options: SyncOptions) {
    const { writer, clock, sweepIntervalMs } = options
    this.#options = options
    this.#reader = createSourceReader(source, clock, this.#stopping.signal, () => this.#waiters.size > 0)
    this.#conclusions = new Conclusions(this.#reader, writer, clock)
    this.#completion = new Completion(this.#reader, writer, clock, REST_AGE_PAUSES * sweepIntervalMs)
    this.#state = {
      source: source.source,
      firstSweepWhole: false,
      wholeAt: null,
      users: null,
      lastSweepSeconds: null,
      running: null,
      missingAlarm: null,
      completing: this.#completion.hasHope,
      code: null,
    }
  }

  get state(): SyncState {
    return this.#state
  }

  /** The list's ends as they were last seen; all that stood before them is in the store. */
  get ends(): KnownEnds | undefined {
    return this.#ends && { ...this.#ends, newcomers: this.#newcomers.isStart ? 'start' : 'end' }
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** The store has lost all it knew. A sweep that is under way ends with a fault of the store, and another one follows. */
  beginAnew(): void {
    this.#ends = undefined
    this.#wholeSince = Number.NEGATIVE_INFINITY
    this.#set({ firstSweepWhole: false, wholeAt: null, users: null, missingAlarm: null, code: 'INTERNAL_SERVER_ERROR' })
    this.#wakeUp.abort()
  }

  /** Breaks off what is asked of the upstream, and settles when the store has what was answered before. */
  async stop(): Promise<void> {
    const closing = new PublicError('DIRECTORY_NOT_READY', 'The server is shutting down.')
    this.#stopping.abort(closing)
    this.#waiters.reject(closing)
    await this.#running
    await this.#asking
  }

  /**
   * Settles when a whole sweep that began no earlier has ended; one is begun at once if there is none.
   *
   * @param notBefore monotonic milliseconds; -Infinity: any whole sweep will do.
   * @throws PublicError where that sweep fails, or the signal's reason.
   */
  async whenFresh(notBefore: number, signal: AbortSignal): Promise<void> {
    this.#stopping.signal.throwIfAborted()
    if (this.#state.firstSweepWhole && this.#wholeSince >= notBefore) return
    const fresh = this.#waiters.join(notBefore, signal)
    this.#wakeUp.abort()
    await fresh
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const pause = await this.#sweep()
      if (this.#waiters.size > 0) continue
      // Who came while the sweep ran has been served by it, or would be waiting still.
      this.#wakeUp = new AbortController()
      await this.#idle(pause)
    }
  }

  /** Says how long to wait before the next one, in milliseconds. */
  async #sweep(): Promise<number> {
    const { clock, events, writer, sweepIntervalMs } = this.#options
    const beganAt = clock.monotonicNow()
    const tally = newTally(clock.now())
    let ending: Ending
    try {
      const onStep = (): void => {
        this.#show(tally)
        // Of a sweep that takes longer than the time between two looks.
        if (clock.monotonicNow() >= this.#askAgainAt) void this.#askForRest()
      }
      const expected = this.#ends?.length ?? 0
      const open = await runSweep({ reader: this.#reader, writer, clock, expected, onStep }, tally)
      ending = await this.#complete(open, tally)
      this.#wholeSince = beganAt - tally.resumedAfterMs
      this.#waiters.resolve(this.#wholeSince)
    } catch (error) {
      if (this.#stopping.signal.aborted) return 0
      ending = await this.#giveUp(error, tally)
      this.#waiters.reject(error)
    }
    const isWhole = ending.outcome === 'WHOLE'
    this.#failures = isWhole ? 0 : this.#failures + 1
    const seconds = (clock.monotonicNow() - beganAt) / 1_000
    this.#set({ running: null, code: ending.code, ...(isWhole && { lastSweepSeconds: seconds }) })
    const { added, changed, bookmark } = tally
    const { pages, users } = bookmark
    events.onSweepEnd({ source: this.#state.source, ...ending, pages, users, seconds, added, changed })
    // Credentials that are refused are not tried again and again.
    if (isWhole || ending.code === 'UPSTREAM_UNAUTHORIZED') return sweepIntervalMs
    return pauseAfter(this.#failures, sweepIntervalMs, clock.random)
  }

  /** The list was read to its end: what does it say? */
  async #complete(open: OpenSweep, tally: SweepTally): Promise<Ending> {
    const { writer, clock } = this.#options
    const { source } = this.#state
    const missing = await writer.missing(source, open.sweep, MAX_NAMED)
    this.#watch(missing)
    let code: ErrorCode | null = null
    try {
      await this.#conclusions.draw(missing)
    } catch (error) {
      if (this.#stopping.signal.aborted) throw error
      code = this.#codeOf(error)
    }
    // Only now it stands for the list: before that, whoever is gone would be in it, and it would be called fresh.
    await writer.closeSweep({ source, sweep: open.sweep, whole: true, closedAt: clock.now() })
    const ends = endsOf(tally.bookmark.place)
    this.#newcomers.learn(this.#ends, ends, tally.added)
    this.#ends = ends
    this.#set({ firstSweepWhole: true, wholeAt: open.startedAt, users: tally.bookmark.users })
    return { outcome: 'WHOLE', code, missing: missing.count, gone: this.#conclusions.removed }
  }

  #watch({ count, known }: Missing): void {
    const before = this.#state.missingAlarm
    const alarm = isCredible({ count, known }) ? null : { count, known }
    this.#set({ missingAlarm: alarm })
    if ((before === null) !== (alarm === null)) this.#options.events.onAlarm(this.#state.source, alarm)
  }

  async #giveUp(error: unknown, { open, bookmark }: SweepTally): Promise<Ending> {
    const code = this.#codeOf(error)
    const interrupted: Ending = { outcome: 'INTERRUPTED', code, missing: 0, gone: 0 }
    if (!open || !this.#isHopeless(code, `${open.sweep}:${bookmark.pages}`)) return interrupted
    const { writer, clock } = this.#options
    try {
      await writer.closeSweep({ source: this.#state.source, sweep: open.sweep, whole: false, closedAt: clock.now() })
      return { ...interrupted, outcome: 'NOT_WHOLE' }
    } catch (fault) {
      return { ...interrupted, code: this.#codeOf(fault) }
    }
  }

  /** A place that is lost is lost for good. An answer that breaks its contract may be better the next time. */
  #isHopeless(code: ErrorCode, at: string): boolean {
    if (code !== 'UPSTREAM_INVALID_RESPONSE') return code === 'WALK_INTERRUPTED'
    this.#broken = { at, times: this.#broken.at === at ? this.#broken.times + 1 : 1 }
    return this.#broken.times >= MAX_BROKEN_ANSWERS
  }

  /** Looks for new accounts, and completes known ones, until so many milliseconds have passed, or somebody waits for a sweep. */
  async #idle(pauseMs: number): Promise<void> {
    const { clock, pollIntervalMs } = this.#options
    let lookedAt = clock.monotonicNow()
    const until = lookedAt + pauseMs
    const signal = AbortSignal.any([this.#stopping.signal, this.#wakeUp.signal])
    for (;;) {
      const mayLook = this.#ends !== undefined && this.#failures === 0
      const nextLook = mayLook ? lookedAt + pollIntervalMs * 2 ** this.#pollFailures : until
      const pause = Math.min(nextLook, until) - clock.monotonicNow()
      if (pause > 0) await clock.wait(pause, signal).catch(() => {})
      lookedAt = clock.monotonicNow()
      if (signal.aborted || lookedAt >= until) return
      if (this.#ends) await this.#poll(this.#ends)
    }
  }

  async #poll(ends: ListEnds): Promise<void> {
    const { clock, writer } = this.#options
    const { source } = this.#state
    try {
      this.#ends = await pollSource(this.#reader, ends, this.#newcomers.isStart, clock.now, async (sight) => {
        if (sight.rows.length === 0) return 0
        return (await writer.save({ source, ...sight })).added
      })
      this.#pollFailures = 0
      this.#set({ code: null })
      await this.#askForRest()
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      this.#pollFailures++
      this.#set({ code: this.#codeOf(error) })
    }
  }

  /**
   * Goes on asking for what lists do not carry: after each look for as long as the next one is not due, and beside long sweeps
   * as often. Not while somebody waits for a sweep, nor while the list is doubted.
   */
  async #askForRest(): Promise<void> {
    const { clock, pollIntervalMs } = this.#options
    if (!this.#asking && this.#ends && !this.#state.missingAlarm) {
      this.#askAgainAt = clock.monotonicNow() + pollIntervalMs
      const mayGoOn = (): boolean => this.#waiters.size === 0 && clock.monotonicNow() < this.#askAgainAt
      this.#asking = this.#completion
        .goOn(mayGoOn)
        .catch((error: unknown) => {
          if (!this.#stopping.signal.aborted) this.#set({ code: this.#codeOf(error) })
        })
        .finally(() => {
          this.#asking = undefined
          this.#set({ completing: this.#completion.hasHope })
        })
    }
    await this.#asking
  }

  #codeOf(error: unknown): ErrorCode {
    if (error instanceof PublicError) return error.code
    this.#options.events.onUnexpected(error)
    return 'INTERNAL_SERVER_ERROR'
  }

  #show({ bookmark: { pages, users } }: SweepTally): void {
    const progress = { source: this.#state.source, pages, users, expected: this.#state.users ?? undefined }
    this.#set({ running: progress })
    this.#options.events.onSweepProgress(progress)
  }

  #set(change: Partial<SyncState>): void {
    this.#state = { ...this.#state, ...change }
  }
}
