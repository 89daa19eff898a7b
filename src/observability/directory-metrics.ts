import { Counter, Gauge, type Registry } from 'prom-client'
import type { MissingAlarm, SweepReport } from '../directory/sync/sync-report.ts'
import type { IdentitySource } from '../identity/identity.ts'

/** How the directory stands with one source; null: not known. */
export interface DirectoryFacts {
  readonly source: IdentitySource
  /** When the last whole sweep began, also one of a process before this one. */
  readonly wholeAt: Date | null
  readonly known: number | null
  readonly lastSweepSeconds: number | null
  readonly missingAlarm: MissingAlarm | null
}

export interface DirectoryMetricsOptions {
  readonly facts: () => readonly DirectoryFacts[]
  readonly sizeBytes: () => number
  readonly now: () => Date
}

/** @returns told of each sweep's end. */
export function addDirectoryMetrics(
  registry: Registry,
  { facts, sizeBytes, now }: DirectoryMetricsOptions,
): (report: SweepReport) => void {
  const registers = [registry]
  const gauge = (name: string, help: string, read: (each: DirectoryFacts) => number | null): void => {
    const made: Gauge<'source'> = new Gauge({
      name,
      help,
      labelNames: ['source'],
      registers,
      collect() {
        made.reset()
        for (const each of facts()) {
          const value = read(each)
          if (value !== null) made.set({ source: each.source }, value)
        }
      },
    })
  }
  gauge('identity_directory_age_seconds', 'How long ago the last whole sweep began; absent: none was.', ({ wholeAt }) =>
    wholeAt ? (now().getTime() - wholeAt.getTime()) / 1000 : null,
  )
  gauge('identity_directory_accounts', 'Accounts that the directory knows.', ({ known }) => known)
  gauge(
    'identity_directory_last_sweep_seconds',
    'How long the last whole sweep took.',
    ({ lastSweepSeconds }) => lastSweepSeconds,
  )
  gauge(
    'identity_directory_missing_accounts',
    'How many accounts are missing where they are too many to be believed gone; else 0.',
    ({ missingAlarm }) => missingAlarm?.count ?? 0,
  )
  const size: Gauge = new Gauge({
    name: 'identity_directory_size_bytes',
    help: 'What the directory takes on the disk.',
    registers,
    collect: () => size.set(sizeBytes()),
  })
  const sweeps = new Counter({
    name: 'identity_directory_sweeps_total',
    help: 'Sweeps, or parts of interrupted ones, by how they ended; code is empty where nothing went wrong.',
    labelNames: ['source', 'outcome', 'code'],
    registers,
  })
  return ({ source, outcome, code }) => sweeps.inc({ source, outcome, code: code ?? '' })
}
