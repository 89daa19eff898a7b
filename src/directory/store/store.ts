import type { AuditPart } from '../../identity/audit.ts'
import type { DirectoryPosition } from '../../identity/directory-cursor.ts'
import type { ChangePlace, IdentityChange } from '../../identity/identity-change.ts'
import type { AccountKey } from '../../identity/identity-id.ts'
import type { CarriedField, Identity, IdentitySource, IdentityStatus } from '../../identity/identity.ts'

/**
 * Accounts as one answer of an upstream had them. What was asked for earlier never overwrites what was asked for later: a
 * page that left the upstream before a write of ours must not undo it, whenever it arrives.
 */
export interface Reading {
  readonly source: IdentitySource
  readonly rows: readonly Identity[]
  /** Just before the call was made; of a write of ours: when it was answered, because the answer shows what it did. */
  readonly askedAt: Date
  /** Where the rows are neighbours in the list: the account that they stand behind (null: the list begins with them). */
  readonly after?: string | null
}

/** A page of a sweep: in the list's own order, behind the account `after` (null: the list begins with it). */
export interface SweepPage extends Reading {
  readonly sweep: number
  readonly after: string | null
  /** Where the sweep goes on after this page, in words of whoever sweeps; kept with the page, in one transaction. */
  readonly progress: string
}

export interface SaveOutcome {
  readonly added: number
  readonly changed: number
}

/** A sweep that was begun and not closed yet, perhaps by a process before this one. */
export interface OpenSweep {
  readonly sweep: number
  readonly startedAt: Date
  /** Of the last page that was saved; null: none was. */
  readonly progress: string | null
}

/** An account that was known before a sweep began, and that neither the sweep nor anything since has shown. */
export interface MissingAccount {
  readonly sourceId: string
  /** Whom it last stood behind in the list; null: nobody; undefined: unknown. */
  readonly predecessor: string | null | undefined
}

export interface Missing {
  readonly count: number
  /** How many accounts of the source are known in all, the missing ones among them. */
  readonly known: number
  /** As many as were asked for. */
  readonly accounts: readonly MissingAccount[]
}

export interface ClosedSweep {
  readonly source: IdentitySource
  readonly sweep: number
  /** Read from end to end, with nothing that could have slipped through. Only then it stands for the whole list. */
  readonly whole: boolean
  readonly closedAt: Date
}

/**
 * What syncing asks of the directory's store. All of it happens in a worker; a rejection is a fault of the store (a full
 * disk, a corrupt file), never of an upstream.
 */
export interface DirectoryWriter {
  /** The sweep that was interrupted, or a new one. */
  openSweep(source: IdentitySource, now: Date): Promise<OpenSweep>
  /** Forgets an interrupted sweep and begins anew: its place in the list is lost. */
  restartSweep(source: IdentitySource, now: Date): Promise<OpenSweep>
  /** Pages of one sweep, one behind the other: all of them or none. */
  saveSweepPages(pages: readonly SweepPage[]): Promise<SaveOutcome>
  /** What a poll, a single read or a write has shown. */
  save(reading: Reading): Promise<SaveOutcome>
  /** Who is missing after all pages of this sweep. @param limit how many to name. */
  missing(source: IdentitySource, sweep: number, limit: number): Promise<Missing>
  closeSweep(sweep: ClosedSweep): Promise<void>
  /** These are proven to be gone since `askedAt`; an older reading does not bring them back. */
  remove(source: IdentitySource, sourceIds: readonly string[], askedAt: Date): Promise<void>
  /** Accounts of which no answer has carried every field yet. @param after `next` of the call before. */
  lacking(source: IdentitySource, limit: number, after?: number | null): Promise<LackingAccounts>
  /** Accounts of which something that lists do not carry was last asked for before this: the oldest first. */
  outdated(source: IdentitySource, before: Date, limit: number): Promise<readonly string[]>
  close(): Promise<void>
}

export interface LackingAccounts {
  readonly sourceIds: readonly string[]
  /** Where to go on; null: these were the last ones. */
  readonly next: number | null
}

/** Which accounts are meant; each part that is there must hold. A field that is null, or was never carried, holds nothing. */
export interface DirectoryFilter {
  /** Any of these; none, if the list is empty. */
  readonly status?: readonly IdentityStatus[]
  /** Normalized, see `email.ts`. */
  readonly email?: string
  /** What stands behind the last `@`, in lower case. */
  readonly emailDomain?: string
  /** Each of its words begins a word of a name, or the address; see `words.ts`. A text without words asks for nothing. */
  readonly search?: string
  readonly role?: string
  readonly networkId?: string
  readonly partnerId?: string
  /** At or after. */
  readonly createdAfter?: Date
  /** Before. */
  readonly createdBefore?: Date
  /** At or after. */
  readonly updatedAfter?: Date
}

export type DirectoryOrderField = 'CREATED_AT' | 'UPDATED_AT' | 'EMAIL' | 'NAME'

/**
 * Accounts that are equal in the field stand by source (LEGACY first) and source id, and those that have none come last;
 * descending turns all of it round, but for the last ones, who stay last.
 */
export interface DirectoryOrder {
  /** BY_SOURCE: source by source, oldest first within each. */
  readonly field: DirectoryOrderField | 'BY_SOURCE'
  readonly direction: 'ASC' | 'DESC'
}

export interface DirectoryPageQuestion {
  /** All of them must be ready. */
  readonly sources: readonly IdentitySource[]
  readonly filter: DirectoryFilter
  readonly order: DirectoryOrder
  /** Only what stands behind this. */
  readonly after?: DirectoryPosition | undefined
  /** Only what stands before this. */
  readonly before?: DirectoryPosition | undefined
  /** See DirectoryReader; absent: nothing is too old. */
  readonly notBefore?: number | undefined
  readonly count: number
  /** The first of what is left, or the last of it; both are given in the order that was asked for. */
  readonly take: 'first' | 'last'
}

export interface DirectoryPage {
  readonly rows: readonly { readonly identity: Identity; readonly position: DirectoryPosition }[]
  /** Whether there is more behind the first ones; before the last ones. */
  readonly more: boolean
}

/** What the directory knows of a source's list. */
export interface SourceKnowledge {
  /** Whether pages, counts, and look-ups by e-mail can be answered: once a sweep was whole. */
  readonly ready: boolean
  /** How many accounts are known. */
  readonly known: number
  /** The last sweep that was whole. */
  readonly whole: { readonly startedAt: Date; readonly closedAt: Date } | null
}

/** A stretch of the log of changes, in its order. */
export interface ChangePage {
  /** The place that it begins behind. */
  readonly behind: ChangePlace
  readonly changes: readonly { readonly change: IdentityChange; readonly place: ChangePlace }[]
  readonly more: boolean
}

/** Everybody in these sources beside some addresses. */
export interface StoreAudit {
  /** All of them must be ready. */
  readonly sources: readonly IdentitySource[]
  /** Normalized, each once. */
  readonly emails: readonly string[]
  readonly limit: number
  /** As of a page. */
  readonly notBefore?: number
  readonly parts: ReadonlySet<AuditPart>
}

/** Only the parts that were asked for. Accounts come by source, and within one by address, then source id. */
export interface AuditFindings {
  readonly orphanCount: number
  readonly orphans: readonly Identity[]
  readonly withoutEmailCount: number
  readonly withoutEmail: readonly Identity[]
  readonly missingCount: number
  /** Places in `emails`. */
  readonly missing: readonly number[]
  readonly inSeveralSourcesCount: number
  /** Addresses, in order. */
  readonly inSeveralSources: readonly string[]
}

export interface StoreAuditFindings extends Partial<AuditFindings> {
  /** Of each source that was asked about, when its last whole sweep began. */
  readonly wholeSince: readonly (Date | null)[]
  /** Of how many accounts the address or the status was never carried. */
  readonly lacking: number
}

/** Its signal is looked at only where somebody has to wait: many make theirs no sooner. */
export interface Asker {
  readonly signal: AbortSignal
}

/**
 * What the synced directory asks of its store. What takes microseconds is answered at once, on the caller's thread; what
 * may take longer is a promise. A fault of the store is a DirectoryFault, thrown or rejected with.
 *
 * Lists may show a few fields over and over, while the rest was read long before: `asOf` is as old as the oldest of it. To
 * whom that matters gives `notBefore`, in milliseconds of the epoch: then a rest that was asked for earlier counts as not
 * carried, and `asOf` is when the account was asked for, since nobody knows at which moment until the answer it was so.
 */
export interface DirectoryReader {
  /** For each key, what is known of it. Works before a source is ready; then undefined proves nothing. */
  byKeys(keys: readonly AccountKey[], notBefore?: number): (Identity | undefined)[]
  /** For each normalized address, whoever has it in these sources, which must be ready: by source, then source id. */
  byEmails(emails: readonly string[], sources: readonly IdentitySource[], notBefore?: number): Identity[][]
  /** Whom the account stands behind in its list; null: nobody; undefined: unknown. */
  predecessor(key: AccountKey): string | null | undefined
  knowledge(source: IdentitySource): SourceKnowledge
  /** Of how many accounts one of these fields was never carried, so that nobody can filter or order by it yet. */
  countLacking(source: IdentitySource, fields: readonly CarriedField[]): number
  /** When the oldest of these fields was asked for that lists do not carry; null: they carry them all. The source must be ready. */
  restSince(source: IdentitySource, fields: readonly CarriedField[]): Date | null
  /**
   * What happened since the first sweeps of these sources, which must be ready; undefined: the log has no such place, any more
   * or at all. @param after null: from the oldest change that is kept.
   */
  changes(sources: readonly IdentitySource[], after: ChangePlace | null, count: number): ChangePage | undefined
  /** The place behind the newest change. */
  latestChange(): ChangePlace
  /** This and what follows rejects with the signal's reason as soon as it fires. */
  page(question: DirectoryPageQuestion, asker: Asker): Promise<DirectoryPage>
  count(sources: readonly IdentitySource[], filter: DirectoryFilter, asker: Asker): Promise<number>
  audit(question: StoreAudit, asker: Asker): Promise<StoreAuditFindings>
}
