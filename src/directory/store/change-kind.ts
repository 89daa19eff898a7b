import type { IdentityChangeKind } from '../../identity/identity-change.ts'
import type { CarriedField } from '../../identity/identity.ts'
import { changedFields, type Fields } from './fields.ts'
import { instantColumns } from './instant-columns.ts'

export interface JudgedChange {
  readonly kind: IdentityChangeKind
  readonly fields: readonly CarriedField[]
}

/**
 * What happened to an account, by what was known before and what is known now; undefined, where it is not there. Says
 * nothing, if nothing happened that anybody could know of.
 */
export function judgeChange(before: Fields | undefined, after: Fields | undefined): JudgedChange | undefined {
  // Nobody knew it, or it had been gone: either way it is new to whoever follows.
  if (!before) return after && { kind: 'PROVISIONED', fields: [] }
  if (!after) return { kind: 'GONE', fields: [] }
  // A field that no answer had carried yet may always have been like this: we learn it, and it did not change.
  const fields = changedFields(before, after).filter(
    (field) => before[field] !== undefined && !isSameInstant(field, before[field], after[field]),
  )
  if (fields.length === 0) return undefined
  return { kind: fields.includes('status') ? kindOfStatus(before, after) : 'UPDATED', fields }
}

/** Spelt in another way, `Z` for `.000Z` or `+00:00`, as a list and a single answer may differ: callers see no difference. */
function isSameInstant(field: CarriedField, before: string | null, after: string | null | undefined): boolean {
  if (field !== 'createdAt' && field !== 'updatedAt') return false
  const [instant] = instantColumns(before)
  return instant !== null && instant === instantColumns(after)[0]
}

function kindOfStatus(before: Fields, after: Fields): IdentityChangeKind {
  switch (after.status) {
    case 'INACTIVE':
      return 'DEACTIVATED'
    case 'ARCHIVED':
      return 'ARCHIVED'
    case 'ACTIVE':
      // Out of a word that nobody understood, it need not have been shut out before.
      return before.status === 'UNKNOWN' ? 'UPDATED' : 'REACTIVATED'
    default:
      // What such a word means for the account, nobody can say.
      return 'UPDATED'
  }
}
