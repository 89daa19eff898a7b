import type { Identity } from '../identity.ts'
import type { FieldValues } from './account-writer.ts'
import {
  applied,
  conflict,
  identityError,
  partial,
  rejected,
  unknown,
  type IdentityError,
  type MutationPayload,
} from './payload.ts'
import type { ReadBack } from './read-back.ts'

/**
 * What is said of a change, from what the source answered to it and from what was read afterwards.
 *
 * @param seen undefined: it could not be read afterwards.
 * @param identity as it was read afterwards.
 */
export function concludeChange(
  sent: 'done' | 'unknown',
  seen: ReadBack | undefined,
  wanted: FieldValues,
  identity: Identity | null,
): MutationPayload {
  if (!seen) {
    return unknown(
      sent === 'done'
        ? 'The source took the change, but the account could not be read afterwards.'
        : 'The change may have been made: the source did not answer, and the account could not be read afterwards.',
    )
  }
  switch (seen.kind) {
    case 'REACHED':
      return applied(identity)
    case 'OVERTAKEN':
      return partial([conflict(identity)], identity)
    case 'GONE':
      return rejected([conflict(null)])
    default:
      // What was not answered may still be on its way.
      return sent === 'unknown'
        ? unknown('The change may yet be made: the source did not answer.', identity)
        : concludeMissed(seen, wanted, identity)
  }
}

function concludeMissed(
  seen: Extract<ReadBack, { kind: 'LOST' | 'UNTOUCHED' | 'NOT_TAKEN' }>,
  wanted: FieldValues,
  identity: Identity | null,
): MutationPayload {
  switch (seen.kind) {
    case 'LOST':
      return rejected([conflict(identity)], identity)
    case 'UNTOUCHED':
      return rejected(Object.keys(wanted).map(notTaken), identity)
    default:
      return partial(seen.fields.map(notTaken), identity)
  }
}

/** No input has a status: the mutations that set one have it in their names. */
function notTaken(field: string): IdentityError {
  // Or somebody put it back at once: without versions nobody can tell.
  const message = 'The source said yes, and the account does not show it.'
  return identityError('REJECTED_BY_SOURCE', message, field === 'status' ? undefined : field)
}
