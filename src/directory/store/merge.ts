import { CARRIED_FIELDS } from '../../identity/identity.ts'
import { isIn, maskOfCarried, type Fields } from './fields.ts'

/** How old what is known of an account is. Instants are in milliseconds. */
export interface Age {
  /** When the newest reading was asked for, and when it came. */
  readonly askedAt: number
  readonly asOf: number
  /** What the newest reading carried. */
  readonly carried: number
  /** When the rest was asked for, the oldest of it: what earlier readings carried and the newest did not. Null: there is none. */
  readonly restAskedAt: number | null
}

export interface Known {
  readonly fields: Fields
  readonly age: Age
}

/** What is known of an account of which nothing was known. */
export function firstKnown(fields: Fields, askedAt: number, asOf: number): Known {
  return { fields, age: { askedAt, asOf, carried: maskOfCarried(fields), restAskedAt: null } }
}

/**
 * What is known of an account after one more reading. A field takes what was asked for last, in whatever order the
 * answers arrive; what a reading did not carry stays as it was.
 *
 * Two instants stand for those of twelve fields: lists carry the same few fields each time, single reads all of them. Where
 * there are more kinds of readings, the rest counts as being as old as the oldest of it: nothing is ever taken for younger
 * than it is, and an older answer may then replace a younger one, dated as what it is.
 */
export function merged(known: Known, reading: Known): Known {
  const { age } = known
  const { askedAt, carried } = reading.age
  const fields = Object.fromEntries(
    CARRIED_FIELDS.map((field) => {
      const value = known.fields[field]
      const heldSince = isIn(field, age.carried) ? age.askedAt : (age.restAskedAt ?? -Infinity)
      const isOlder = value !== undefined && askedAt < heldSince
      return [field, reading.fields[field] === undefined || isOlder ? value : reading.fields[field]]
    }),
  ) as Fields
  return { fields, age: askedAt >= age.askedAt ? newerAge(known, reading.age) : olderAge(known, askedAt, carried) }
}

/** The newest reading is another one now; what the one before carried beyond it becomes part of the rest. */
function newerAge({ fields, age }: Known, newest: Age): Age {
  const rest = maskOfCarried(fields) & ~newest.carried
  const instants = [
    ...((rest & age.carried) === 0 ? [] : [age.askedAt]),
    ...((rest & ~age.carried) === 0 || age.restAskedAt === null ? [] : [age.restAskedAt]),
  ]
  return { ...newest, restAskedAt: instants.length === 0 ? null : Math.min(...instants) }
}

/** An older reading can tell the rest only. */
function olderAge({ fields, age }: Known, askedAt: number, carried: number): Age {
  const told = carried & ~age.carried
  if (told === 0) return age
  const before = maskOfCarried(fields) & ~age.carried
  if (age.restAskedAt === null || ((before & ~told) === 0 && askedAt >= age.restAskedAt)) {
    return { ...age, restAskedAt: askedAt }
  }
  // Part of the rest stays as it was, or all of it, and part of it may be new.
  return (told & ~before) === 0 ? age : { ...age, restAskedAt: Math.min(age.restAskedAt, askedAt) }
}
