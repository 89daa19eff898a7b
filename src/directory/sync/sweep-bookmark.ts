import { START, type Place } from '../../identity/place.ts'
import { rememberPlace } from './sweep-step.ts'

/** How many ids the bookmark keeps: more of them survive more deletions while nobody reads. */
const KEPT_IDS = 16
/** What was read longer ago is not gone on with, in milliseconds: its first pages are too old to stand for the list. */
const MAX_AGE_MS = 3_600_000

/** Where a sweep stands, so that it can go on after a failure or a restart; the store keeps it as text. */
export interface Bookmark {
  readonly place: Place
  readonly pages: number
  /** Accounts read so far. */
  readonly users: number
  /** When the last page was read. */
  readonly at: Date
}

const VERSION = 1

export function encodeBookmark({ place, pages, users, at }: Bookmark): string {
  return JSON.stringify({ v: VERSION, place: rememberPlace(place, KEPT_IDS), pages, users, at: at.getTime() })
}

/** Undefined for text of another version or of anybody else, and for a place that was left too long ago. */
export function decodeBookmark(text: string, now: Date): Bookmark | undefined {
  const value = parse(text)
  if (!isRecord(value) || value['v'] !== VERSION) return undefined
  const { place, pages, users, at } = value
  if (!isPlace(place) || !isCount(pages) || !isCount(users) || !isCount(at)) return undefined
  return now.getTime() - at <= MAX_AGE_MS ? { place, pages, users, at: new Date(at) } : undefined
}

export function firstBookmark(at: Date): Bookmark {
  return { place: START, pages: 0, users: 0, at }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isPlace(value: unknown): value is Place {
  if (!isRecord(value)) return false
  const { offset, seen, seenAll, next, head } = value
  return (
    isCount(offset) &&
    Array.isArray(seen) &&
    seen.every((id) => typeof id === 'string') &&
    typeof seenAll === 'boolean' &&
    [next, head].every((id) => id === undefined || typeof id === 'string')
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
