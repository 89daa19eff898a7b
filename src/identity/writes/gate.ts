import type { IdentitySource } from '../identity.ts'
import { identityError, rejected, type MutationPayload } from './payload.ts'
import type { Writable, WriteSwitches, WriteTools } from './write-tools.ts'

/** Lets a write through to its source, or says why not; in that case nothing is called. */
export async function throughGate<Writer>(
  { switches }: WriteTools,
  source: IdentitySource,
  target: Writable<Writer> | undefined,
  write: (target: Writable<Writer>) => Promise<MutationPayload>,
): Promise<MutationPayload> {
  if (!isOn(switches, source)) {
    const message = `This server does not write to ${source} (setting ${source}_WRITES).`
    return rejected([identityError('WRITES_DISABLED', message)])
  }
  if (!target) return rejected([identityError('NOT_SUPPORTED', `${source} is not configured on this server.`)])
  return write(target)
}

/** Deleting has a switch of its own, on top of the other. */
export function deletionRefused({ switches }: WriteTools): MutationPayload | undefined {
  if (switches.legacyDelete) return undefined
  const message = 'This server deletes nothing (setting LEGACY_DELETE). Deactivate the account instead.'
  return rejected([identityError('WRITES_DISABLED', message)])
}

function isOn(switches: WriteSwitches, source: IdentitySource): boolean {
  return source === 'LEGACY' ? switches.legacy : switches.sitePartner
}
