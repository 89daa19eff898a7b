import { normalizeEmail } from '../email.ts'
import type { FieldValues } from './account-writer.ts'

/** As much of an account as can be compared before and after a write. */
export interface Snapshot {
  readonly values: FieldValues
  readonly others: Readonly<Record<string, unknown>>
}

/**
 * What the reading after a write shows:
 *
 * - `REACHED`: all is as we wrote it.
 * - `OVERTAKEN`: our changes stand, and something that we had not touched is different.
 * - `UNTOUCHED`: all is as it was before.
 * - `NOT_TAKEN`: some of our changes are not there, all else is as we wrote it.
 * - `LOST`: some of our changes are not there, and somebody else's stand in their place or beside them.
 * - `GONE`: there is no such account any more.
 */
export type ReadBack =
  | { readonly kind: 'REACHED' }
  | { readonly kind: 'OVERTAKEN' }
  | { readonly kind: 'UNTOUCHED' }
  | { readonly kind: 'NOT_TAKEN'; readonly fields: readonly string[] }
  | { readonly kind: 'LOST' }
  | { readonly kind: 'GONE' }

/**
 * No upstream has versions, so it goes by what the fields say. Somebody else's change that came between our reading and our
 * write, and that the write has overwritten, cannot be seen by anybody.
 */
export function judgeReadBack(before: Snapshot, changes: FieldValues, after: Snapshot | null): ReadBack {
  if (!after) return { kind: 'GONE' }
  const changed = Object.keys(changes)
  const missed = changed.filter((field) => !isReached(field, changes[field], after.values[field]))
  const asBefore = missed.every((field) => isSame(before.values[field], after.values[field]))
  const othersMoved = hasMoved(before, changes, after)
  if (missed.length === 0) return { kind: othersMoved ? 'OVERTAKEN' : 'REACHED' }
  if (othersMoved || !asBefore) return { kind: 'LOST' }
  // Who changes nothing else either has not been there; who took a part of it did not want the rest.
  return missed.length === changed.length ? { kind: 'UNTOUCHED' } : { kind: 'NOT_TAKEN', fields: missed }
}

/** Whether what is there already is what is wanted. */
export function isReached(field: string, wanted: string | null | undefined, found: string | null | undefined): boolean {
  // Addresses may be kept in another letter case. A value that is not carried cannot speak against it.
  const isEmail = field === 'email' && typeof wanted === 'string' && typeof found === 'string'
  return isEmail ? normalizeEmail(wanted) === normalizeEmail(found) : isSame(wanted, found)
}

/** Where there is nothing some answers have null, others an empty text. What one of them does not carry is not compared. */
function isSame(one: string | null | undefined, other: string | null | undefined): boolean {
  return one === undefined || other === undefined || (one ?? '') === (other ?? '')
}

function hasMoved(before: Snapshot, changes: FieldValues, after: Snapshot): boolean {
  const values = Object.keys(before.values).filter((field) => !(field in changes))
  if (values.some((field) => !isSame(before.values[field], after.values[field]))) return true
  const others = new Set([...Object.keys(before.others), ...Object.keys(after.others)])
  return [...others].some(
    (name) => !isKeptByServer(name) && !isEqual(before.others[name] ?? null, after.others[name] ?? null),
  )
}

/** Such a field moves with every write, ours among them. */
function isKeptByServer(name: string): boolean {
  return /(?:_at|_on|_date|_time|_by|version|revision|etag|execution_time)$/i.test(name)
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other))
}

/** The order of an object's fields means nothing. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => [name, inOrder(each)])
}
