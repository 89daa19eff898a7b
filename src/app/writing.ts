import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError, type Config } from '../config.ts'
import type { IdentitySource } from '../identity/identity.ts'
import { createAccountFinder } from '../identity/writes/account-finder.ts'
import { createWrites, type Writes } from '../identity/writes/identity-writes.ts'
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
  { live, onWritten }: Pick<WiredDirectory, 'live' | 'onWritten'>,
  writers: Writers,
  audit: ClosableAuditLog,
  onUnexpected: (error: unknown) => void,
): Writes {
  const monotonicNow = (): number => performance.now()
  const target = <Writer>(source: IdentitySource, writer: Writer | undefined): Writable<Writer> | undefined => {
    const shared = live.shared(source)
    return shared && writer && { writer, finder: createAccountFinder(shared, monotonicNow) }
  }
  const now = (): Date => new Date()
  const tools: WriteTools = {
    sources: { LEGACY: target('LEGACY', writers.LEGACY), SITE_PARTNER: target('SITE_PARTNER', writers.SITE_PARTNER) },
    switches,
    locks: new KeyedMutex(),
    ledger: createMemoryLedger(now),
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
