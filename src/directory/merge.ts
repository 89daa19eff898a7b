import { CARRIED_FIELDS } from '../identity/identity.ts'
import { isIn, maskOfCarried, type Fields } from './fields.ts'

/** How old what is known of an account is. Instants are in milliseconds. */
export interface Age {
  /** When the newest reading was asked for, and when it came. */
  readonly askedAt: number
  readonly asOf: number
  /** What the newest reading carried. */
  readonly carried: number
  /** When the rest was asked for: what earlier readings carried and the newest did not. Null: there is no rest. */
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
 * there are more kinds of readings, the rest counts as being as young as the youngest of it.
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
  return { fields, age: askedAt >= age.askedAt ? newerAge(known, reading.age) : olderAge(age, askedAt, carried) }
}

/** The newest reading is another one now; what the one before carried beyond it becomes part of the rest. */
function newerAge({ fields, age }: Known, newest: Age): Age {
  const rest = maskOfCarried(fields) & ~newest.carried
  const instants = [
    ...((rest & age.carried) === 0 ? [] : [age.askedAt]),
    ...((rest & ~age.carried) === 0 || age.restAskedAt === null ? [] : [age.restAskedAt]),
  ]
  return { ...newest, restAskedAt: instants.length === 0 ? null : Math.max(...instants) }
}

/** An older reading can tell the rest only. */
function olderAge(age: Age, askedAt: number, carried: number): Age {
  if ((carried & ~age.carried) === 0) return age
  return { ...age, restAskedAt: Math.max(age.restAskedAt ?? -Infinity, askedAt) }
}
