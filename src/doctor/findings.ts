import type { Upstream } from '../errors.ts'

/** `skip`: could not be looked at, because something before it failed or is not there. Only `FAIL` is a failure. */
export type Result = 'ok' | 'warn' | 'FAIL' | 'skip'

/** How one check ended. The texts are ours: of an answer they hold counts, field names and words, never a person. */
export interface Verdict {
  readonly result: Result
  readonly seen: string
  /** What to do about it. */
  readonly advice?: string
}

/** One row of the report. */
export interface Finding extends Verdict {
  readonly source: 'settings' | Upstream
  readonly check: string
}

export function ok(seen: string): Verdict {
  return { result: 'ok', seen }
}

export function warn(seen: string, advice: string): Verdict {
  return { result: 'warn', seen, advice }
}

export function fail(seen: string, advice: string): Verdict {
  return { result: 'FAIL', seen, advice }
}

export function skip(seen: string): Verdict {
  return { result: 'skip', seen }
}

export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ result }) => result === 'FAIL')
}

/** Upstreams' words of a fixed vocabulary (roles, scopes). None that could be an address, a sentence or a terminal code. */
const PLAIN_WORD = /^[\w:./-]{1,60}$/

/** The word, or a phrase in its place. */
export function plainWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : '(a word not fit to show)'
}

/** `1 user`, `2 users`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
