import { sourceNotConfigured } from '../errors.ts'
import type { AuditQuestion, IdentityAudit } from '../identity/audit.ts'
import { SOURCES, type IdentitySource } from '../identity/identity.ts'
import type { SourceState } from '../identity/source-states.ts'
import { listsNotRead } from './not-ready.ts'
import type { DirectoryReader, StoreAuditFindings } from './store/store.ts'
import type { SyncState } from './sync/sync-report.ts'

export interface AuditOptions {
  readonly configured: readonly IdentitySource[]
  readonly isReady: (source: IdentitySource) => boolean
  /** Settles when these have been swept lately enough for the request. */
  readonly whenFresh: (sources: readonly IdentitySource[]) => Promise<void>
  readonly ask: (question: Parameters<DirectoryReader['audit']>[0]) => Promise<StoreAuditFindings>
  readonly sourceStates: () => readonly SourceState[]
  readonly syncStates: () => readonly SyncState[]
}

/** @throws PublicError NOT_SUPPORTED for a source that is named and not there, as a walk does. */
export function auditedSources(
  named: readonly IdentitySource[] | undefined,
  configured: readonly IdentitySource[],
): readonly IdentitySource[] {
  const unknown = named?.find((source) => !configured.includes(source))
  if (unknown) throw sourceNotConfigured(unknown)
  return named ?? SOURCES.filter((source) => configured.includes(source))
}

/**
 * Unlike a walk, an audit is answered by those sources that can be spoken of, and says that it is not complete: an orphan in one
 * source is one whatever the other has.
 */
export async function audit(question: AuditQuestion, options: AuditOptions): Promise<IdentityAudit> {
  const asked = auditedSources(question.sources, options.configured)
  const known = asked.filter(options.isReady)
  if (known.length === 0) throw listsNotRead()
  await options.whenFresh(known)
  const { emails, limit, parts } = question
  const found = await options.ask({ sources: known, emails, limit, parts })
  const { wholeSince, lacking, missing, inSeveralSources, ...others } = found
  const datedBy = new Map(known.map((source, index) => [source, wholeSince[index] as Date]))
  const shown = question.sources ?? SOURCES
  return {
    ...others,
    ...(missing && { missing: missing.map((at) => question.spellings[at] as string) }),
    ...(inSeveralSources && {
      inSeveralSources: inSeveralSources.map((email) => ({ __typename: 'IdentityHolder', email })),
    }),
    complete: known.length === asked.length && lacking === 0 && !isDoubted(asked, options.syncStates()),
    asOf: new Date(Math.min(...[...datedBy.values()].map((at) => at.getTime()))),
    sources: options
      .sourceStates()
      .filter(({ source }) => shown.includes(source))
      .map((state) => dated(state, datedBy.get(state.source))),
  }
}

/** The list as a whole is as old as the last whole sweep of it. */
function dated(state: SourceState, asOf: Date | undefined): SourceState {
  return asOf ? { ...state, asOf } : state
}

/** A list that lacks so many at once is doubted: it may hide who is there, and who has left is still kept. */
function isDoubted(sources: readonly IdentitySource[], states: readonly SyncState[]): boolean {
  return states.some(({ source, missingAlarm }) => missingAlarm !== null && sources.includes(source))
}
