import { PublicError } from '../../errors.ts'
import { auditTarget, recordableId, type AuditLog, type AuditRecord, type WriteAction } from './audit-record.ts'
import { deactivate, reactivate } from './deactivate.ts'
import { remove } from './delete.ts'
import type { MutationPayload } from './payload.ts'
import { provisionLegacy } from './provision-legacy.ts'
import { provisionSitePartner } from './provision-site-partner.ts'
import { update } from './update.ts'
import type {
  DeleteInput,
  IdInput,
  ProvisionLegacyInput,
  ProvisionSitePartnerInput,
  UpdateInput,
} from './write-input.ts'
import type { WriteScope } from './write-scope.ts'
import type { WriteTools } from './write-tools.ts'

/**
 * What resolvers of mutations ask, made for one request. What is refused is said in the payload. It rejects with a PublicError
 * where nothing was written and the same may be tried again.
 */
export interface IdentityWrites {
  provisionLegacyIdentity(input: ProvisionLegacyInput): Promise<MutationPayload>
  provisionSitePartnerIdentity(input: ProvisionSitePartnerInput): Promise<MutationPayload>
  updateIdentity(input: UpdateInput): Promise<MutationPayload>
  deactivateIdentity(input: IdInput): Promise<MutationPayload>
  reactivateIdentity(input: IdInput): Promise<MutationPayload>
  deleteIdentity(input: DeleteInput): Promise<MutationPayload>
  /** Records that a mutation was refused to its caller, who has no scope for it. Never rejects. */
  recordForbidden(mutation: MutationName, input: object): Promise<void>
}

export type MutationName = Exclude<keyof IdentityWrites, 'recordForbidden'>

/** The request for which something is written. */
export interface WriteRequest {
  readonly requestId: string
  /** For the audit log. Never an e-mail address or a person's name. */
  readonly caller: string
  /** Begins the time of one mutation. */
  readonly beginWrite: () => WriteScope
  /** A mutation has ended: what this request has read before may be out of date. */
  readonly onEnded: () => void
}

export type OpenWrites = (request: WriteRequest) => IdentityWrites

export interface Writes {
  readonly openWrites: OpenWrites
  /** Settles when no mutation is under way, whoever still waits for its answer. */
  readonly whenIdle: () => Promise<void>
}

type Target = Pick<AuditRecord, 'action' | 'source' | 'id' | 'fields'>

/** The write side of the domain: every mutation is recorded before and after, and none is begun without its record. */
export function createWrites(tools: WriteTools, audit: AuditLog): Writes {
  const underWay = new Set<Promise<unknown>>()

  const track = async (work: Promise<MutationPayload>): Promise<MutationPayload> => {
    underWay.add(work)
    return work.finally(() => underWay.delete(work))
  }

  const perform = async (
    request: WriteRequest,
    target: Target,
    write: (scope: WriteScope) => Promise<MutationPayload>,
  ): Promise<MutationPayload> => {
    const record = { requestId: request.requestId, caller: request.caller, ...target }
    await audit.append({ event: 'attempt', ...record }).catch(refuseUnrecorded(tools))
    const scope = request.beginWrite()
    let outcome: Pick<AuditRecord, 'outcome' | 'codes'> = { outcome: 'FAILED' }
    let id = target.id
    try {
      const payload = await write(scope)
      outcome = { outcome: payload.outcome, codes: payload.errors.map(({ code }) => code) }
      if (payload.outcome === 'APPLIED' || payload.outcome === 'PARTIAL') id ??= idOf(payload)
      return payload
    } catch (error) {
      outcome = { outcome: 'FAILED', codes: [error instanceof PublicError ? error.code : 'INTERNAL_SERVER_ERROR'] }
      throw error
    } finally {
      scope.end()
      request.onEnded()
      // It is done, whether this can be written down or not.
      await audit.append({ event: 'outcome', ...record, id, ...outcome }).catch(tools.onUnexpected)
    }
  }

  const recordForbidden = async ({ requestId, caller }: WriteRequest, target: Target): Promise<void> => {
    const record = { requestId, caller, ...target }
    const refused = { outcome: 'FORBIDDEN', codes: ['FORBIDDEN'] } as const
    // It is refused, whether this can be written down or not.
    await audit.append({ event: 'attempt', ...record }).catch(tools.onUnexpected)
    await audit.append({ event: 'outcome', ...record, ...refused }).catch(tools.onUnexpected)
  }

  const openWrites: OpenWrites = (request) => {
    const run = (
      mutation: MutationName,
      input: object,
      write: (scope: WriteScope) => Promise<MutationPayload>,
    ): Promise<MutationPayload> => track(perform(request, targetOf(mutation, input), write))
    return {
      provisionLegacyIdentity: (input) =>
        run('provisionLegacyIdentity', input, (scope) => provisionLegacy(tools, scope, input)),
      provisionSitePartnerIdentity: (input) =>
        run('provisionSitePartnerIdentity', input, (scope) => provisionSitePartner(tools, scope, input)),
      updateIdentity: (input) => run('updateIdentity', input, (scope) => update(tools, scope, input)),
      deactivateIdentity: (input) => run('deactivateIdentity', input, (scope) => deactivate(tools, scope, input)),
      reactivateIdentity: (input) => run('reactivateIdentity', input, (scope) => reactivate(tools, scope, input)),
      deleteIdentity: (input) => run('deleteIdentity', input, (scope) => remove(tools, scope, input)),
      recordForbidden: (mutation, input) => recordForbidden(request, targetOf(mutation, input)),
    }
  }

  return { openWrites, whenIdle: async () => void (await Promise.allSettled(underWay)) }
}

const ACTIONS: Readonly<Record<MutationName, WriteAction>> = {
  provisionLegacyIdentity: 'provision',
  provisionSitePartnerIdentity: 'provision',
  updateIdentity: 'update',
  deactivateIdentity: 'deactivate',
  reactivateIdentity: 'reactivate',
  deleteIdentity: 'delete',
}

function targetOf(mutation: MutationName, input: object): Target {
  const about = { action: ACTIONS[mutation], fields: givenFields(input) }
  if ('id' in input) return { ...about, ...auditTarget(String(input.id)) }
  return { ...about, source: mutation === 'provisionLegacyIdentity' ? 'LEGACY' : 'SITE_PARTNER', id: null }
}

/** The names only, and of those nothing that says which account it is. */
function givenFields(input: object): string[] {
  return Object.entries(input)
    .filter(([name, value]) => name !== 'id' && value !== undefined)
    .map(([name]) => name)
}

function idOf({ identity }: MutationPayload): string | null {
  return identity && recordableId(identity.id)
}

function refuseUnrecorded({ onUnexpected }: WriteTools) {
  return (error: unknown): never => {
    onUnexpected(error)
    throw new PublicError('INTERNAL_SERVER_ERROR', 'The audit log cannot be written, so nothing is.', { cause: error })
  }
}
