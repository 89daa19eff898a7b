import { settled, type Identity } from '../identity.ts'
import { conflict, identityError, rejected, type MutationPayload } from './payload.ts'

/** Refuses an edit of something older than what the source has. Undefined: it may go on. */
export function expectationRefused(identity: Identity, expected: Date | undefined): MutationPayload | undefined {
  if (!expected) return undefined
  const updatedAt = Date.parse(identity.updatedAt ?? '')
  if (updatedAt === expected.getTime()) return undefined
  if (!Number.isNaN(updatedAt)) return rejected([conflict(identity)], settled(identity))
  const message = 'The source does not say when it last changed this account.'
  return rejected([identityError('NOT_SUPPORTED', message, 'expectedUpdatedAt')], settled(identity))
}
