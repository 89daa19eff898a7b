import type { Identity } from '../identity.ts'
import { identityError, rejected, type MutationPayload } from './payload.ts'

/** @param holder who has the address. */
export function emailTaken(holder: Identity): MutationPayload {
  const message = `Somebody in ${holder.source} has this address already; \`identity\` says who.`
  return rejected([identityError('EMAIL_TAKEN', message, 'email')], holder)
}
