import { normalizeEmail } from '../../identity/email.ts'
import { displayName, missingFields, type CarriedField, type Identity } from '../../identity/identity.ts'
import type { Context } from '../context.ts'
import type { IdentityResolvers } from '../generated.ts'

/**
 * A field that list rows may lack. As long as the row has it this gives the value itself and no promise: a promise for
 * every field of every row costs more than all else in a page.
 */
const carried = <Field extends CarriedField, Absent>(field: Field, absent: Absent) =>
  madeOf([field], (whole) => whole[field] ?? absent)

function madeOf<Value>(fields: readonly CarriedField[], pick: (whole: Identity) => Value) {
  return (identity: Identity, _args: unknown, context: Context): Value | Promise<Value> => {
    for (const field of fields) {
      if (identity[field] === undefined) return context.directory.complete(identity).then(pick)
    }
    return pick(identity)
  }
}

export const identityResolvers: IdentityResolvers = {
  email: carried('email', null),
  firstName: carried('firstName', null),
  lastName: carried('lastName', null),
  displayName: madeOf(['firstName', 'lastName'], (whole) =>
    displayName(whole.firstName ?? null, whole.lastName ?? null),
  ),
  status: carried('status', 'UNKNOWN' as const),
  sourceStatus: carried('sourceStatus', null),
  role: carried('role', null),
  timezone: carried('timezone', null),
  locale: carried('locale', null),
  network: carried('network', null),
  partner: carried('partner', null),
  createdAt: carried('createdAt', null),
  updatedAt: carried('updatedAt', null),
  asOf: (identity, _args, { directory }) =>
    missingFields(identity).length === 0 ? identity.asOf : directory.asOf(identity),
  holder: madeOf(['email'], (whole) => toHolder(whole.email)),
}

function toHolder(address: string | null | undefined) {
  const email = address ? normalizeEmail(address) : null
  return email === null ? null : ({ __typename: 'IdentityHolder', email } as const)
}
