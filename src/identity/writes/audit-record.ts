import { parseIdentityId } from '../identity-id.ts'
import type { IdentitySource } from '../identity.ts'
import type { MutationOutcome } from './payload.ts'

export type WriteAction = 'provision' | 'update' | 'deactivate' | 'reactivate' | 'delete'

/** One line of the audit log: that something was tried, or what became of it. Never a value of a personal field. */
export interface AuditRecord {
  readonly event: 'attempt' | 'outcome'
  readonly requestId: string
  readonly caller: string
  readonly action: WriteAction
  readonly source: IdentitySource | null
  /** The identity's global id, once it is known. */
  readonly id: string | null
  /** The names of the input's fields that were given. */
  readonly fields: readonly string[]
  /** Of an outcome; FAILED: it ended in an error, and nothing was written; FORBIDDEN: the caller has no scope for it. */
  readonly outcome?: MutationOutcome | 'FAILED' | 'FORBIDDEN'
  /** Of an outcome: the codes of what was amiss. */
  readonly codes?: readonly string[]
}

export interface AuditLog {
  /** Settles when the record is where it belongs: only then may the write go out. Rejects when it cannot be kept. */
  append(record: AuditRecord): Promise<void>
}

/** An id is opaque, so anything can be sent as one, an address too. What no upstream gives out is not written down. */
const RECORDABLE_ID = /^[\w:.-]{1,128}$/

export function recordableId(id: string): string | null {
  return RECORDABLE_ID.test(id) ? id : null
}

/** The source and the id that an input speaks of, as far as they make sense. */
export function auditTarget(id: string): Pick<AuditRecord, 'source' | 'id'> {
  try {
    return { source: parseIdentityId(id).source, id: recordableId(id) }
  } catch {
    return { source: null, id: null }
  }
}
