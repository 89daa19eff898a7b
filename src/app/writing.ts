import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError, type Config } from '../config.ts'
import { createKnownAccounts } from '../directory/known-accounts.ts'
import { createSqliteLedger } from '../directory/store/sqlite-ledger.ts'
import type { IdentitySource } from '../identity/identity.ts'
import type { SharedSource } from '../identity/source-session.ts'
import { createAccountFinder, type AccountFinder } from '../identity/writes/account-finder.ts'
import { createWrites, type Writes } from '../identity/writes/identity-writes.ts'
import { createKnowingFinder } from '../identity/writes/knowing-finder.ts'
import { KeyedMutex } from '../identity/writes/keyed-mutex.ts'
import { createPassword } from '../identity/writes/password.ts'
import { createMemoryLedger } from '../identity/writes/provision-ledger.ts'
import type { Writable, WriteTools } from '../identity/writes/write-tools.ts'
import { openAuditLog, type ClosableAuditLog } from '../observability/audit-log.ts'
import type { WiredDirectory } from './directory.ts'
import type { Writers } from './upstreams.ts'

/** @throws ConfigError where it cannot be written to. */
export async function openAudit({ auditLog }: Config): Promise<ClosableAuditLog> {
  return openAuditLog(auditLog, () => new Date()).catch(() => {
    throw new ConfigError(['AUDIT_LOG is "stdout", or a file in a folder that is there, that can be written to.'])
  })
}

/** The write domain over the sources that have credentials. */
export function wireWrites(
  { writes: switches }: Config,
  { live, onWritten, forWrites: directory }: Pick<WiredDirectory, 'live' | 'onWritten' | 'forWrites'>,
  writers: Writers,
  audit: ClosableAuditLog,
  onUnexpected: (error: unknown) => void,
): Writes {
  const monotonicNow = (): number => performance.now()
  const now = (): Date => new Date()
  const finderOf = (shared: SharedSource): AccountFinder => {
    const finder = createAccountFinder(shared, monotonicNow)
    if (!directory) return finder
    const options = { ...directory, reader: directory.store.reader, onUnexpected }
    return createKnowingFinder(finder, shared, createKnownAccounts(shared.source.source, options))
  }
  const target = <Writer>(source: IdentitySource, writer: Writer | undefined): Writable<Writer> | undefined => {
    const shared = live.shared(source)
    return shared && writer && { writer, finder: finderOf(shared) }
  }
  const tools: WriteTools = {
    sources: { LEGACY: target('LEGACY', writers.LEGACY), SITE_PARTNER: target('SITE_PARTNER', writers.SITE_PARTNER) },
    switches,
    locks: new KeyedMutex(),
    ledger: directory
      ? createSqliteLedger(directory.store.provisions, { now, onFault: onUnexpected })
      : createMemoryLedger(now),
    now,
    monotonicNow,
    pause: (ms, signal) => delay(ms, undefined, { signal }),
    createKey: () => randomUUID(),
    createPassword,
    onWritten,
    onUnexpected,
  }
  return createWrites(tools, audit)
}
