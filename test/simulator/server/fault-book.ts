import { parseFault } from './fault.ts'
import type { Fault } from './fault.ts'

/** What a test may do to one upstream's health. */
export interface Faults {
  /** Throws when the fault makes no sense. */
  add(fault: Fault): void
  /** Ends every fault, and lets go what was held. */
  clear(): void
  /** Lets go every request held now, and ends the `hold` faults. */
  release(): void
  /** How many requests are held now. */
  held(): number
  /** Resolves once `count` requests (default 1) are held. */
  whenHeld(count?: number): Promise<void>
}

/** What may come before or after the work, and lets it be. */
export type Wait = Extract<Fault, { kind: 'latency' | 'hold' | 'race' }>
export type Failure = Exclude<Fault, Wait>

/** What happens to one request: it may wait or be overtaken several times, but fails in one way at most. */
export interface FaultPlan {
  waits: readonly Wait[]
  failure: Failure | undefined
}

export interface FaultBook extends Faults {
  plan(endpoint: string, path: string): FaultPlan
  /** Resolves at `release()`, or when the caller is gone. */
  hold(gone: AbortSignal): Promise<void>
}

interface Entry {
  fault: Fault
  seen: number
  met: number
}

/**
 * Of several faults that fit a request, the waits (latency, hold, race) all count, and of the rest the one added first: two
 * of them with `times: 1` make a sequence. `skip` counts every matching request.
 */
export function createFaultBook(): FaultBook {
  let entries: Entry[] = []
  const held = new Set<() => void>()
  const watchers = new Set<() => void>()

  const releaseHeld = (): void => {
    for (const resume of held) resume()
  }

  return {
    add: (fault) => void entries.push({ fault: parseFault(fault), seen: 0, met: 0 }),
    clear() {
      entries = []
      releaseHeld()
    },
    release() {
      entries = entries.filter(({ fault }) => fault.kind !== 'hold')
      releaseHeld()
    },
    held: () => held.size,
    whenHeld: (count = 1) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (held.size < count) return
          watchers.delete(check)
          resolve()
        }
        watchers.add(check)
        check()
      }),
    hold: (gone) =>
      new Promise((resolve) => {
        const resume = (): void => {
          held.delete(resume)
          gone.removeEventListener('abort', resume)
          resolve()
        }
        gone.addEventListener('abort', resume)
        held.add(resume)
        if (gone.aborted) resume()
        for (const check of watchers) check()
      }),
    plan(endpoint, path) {
      const waits: Wait[] = []
      let failure: Failure | undefined
      for (const entry of entries) {
        const { fault } = entry
        if (fault.endpoint !== undefined && fault.endpoint !== endpoint) continue
        if (fault.path !== undefined && fault.path !== path) continue
        entry.seen += 1
        if (entry.seen <= (fault.skip ?? 0) || entry.met >= (fault.times ?? Infinity)) continue
        if (fault.kind === 'latency' || fault.kind === 'hold' || fault.kind === 'race') waits.push(fault)
        else if (failure === undefined) failure = fault
        else continue
        entry.met += 1
      }
      return { waits, failure }
    },
  }
}
