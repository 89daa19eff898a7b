import { ask } from './channel.ts'
import { headersOf } from './graphql-client.ts'
import type { LoadRequest, LoadResult } from './load.ts'
import type { Processes, Served } from './processes.ts'

/** What audits take, and what others meanwhile wait for; times in milliseconds. */
export interface AuditResult {
  readonly audits: number
  readonly auditP50: number
  readonly slowestAudit: number
  readonly lookUpP50DuringAudits: number
  readonly lookUpP99DuringAudits: number
  readonly slowestLookUpDuringAudits: number
  readonly longestPauseDuringAudits: number
}

/** As many as one audit takes. */
const ADDRESSES = 20_000
const AUDITS = 5

/**
 * One audit after the other, each of everything there is, beside look-ups one after the other.
 *
 * @param emailOf the address of whoever has this place among `people`.
 */
export async function measureAudits(
  { child, origin }: Served,
  processes: Processes,
  lookUps: readonly LoadRequest[],
  emailOf: (place: number) => string,
  people: number,
): Promise<AuditResult> {
  const loads = [processes.startLoad(), processes.startLoad()] as const
  // One in ten is nobody's.
  const activeEmails = Array.from({ length: ADDRESSES }, (_, index) =>
    index % 10 === 0 ? `nobody${index}@example.com` : emailOf((index * 7_919) % people),
  )
  const query = `query BenchAudit($input: IdentityAuditInput!) { identityAudit(input: $input) {
    complete asOf orphanCount orphans { id status } withoutEmailCount withoutEmail { id } missingCount missing
    inSeveralSourcesCount inSeveralSources { email } } }`
  const request = {
    headers: headersOf('audit'),
    body: JSON.stringify({ query, variables: { input: { activeEmails } } }),
  }
  const run = async (load: (typeof loads)[number], requests: readonly LoadRequest[], count: number, ms: number) => {
    const result = await ask<LoadResult>(load, 'load', { origin, requests, connections: 1, count, ms })
    if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} answers had errors`)
    return result
  }
  // The first one starts its worker.
  await run(loads[0], [request], 1, 0)
  await ask(child, 'longestPause')
  const auditing = run(loads[0], [request], AUDITS, 0)
  const [audits, meanwhile] = await Promise.all([auditing, run(loads[1], lookUps, 100, 1_000)])
  const longestPauseDuringAudits = await ask<number>(child, 'longestPause')
  await processes.stop(loads)
  return {
    audits: audits.requests,
    auditP50: audits.p50Ms,
    slowestAudit: audits.maxMs,
    lookUpP50DuringAudits: meanwhile.p50Ms,
    lookUpP99DuringAudits: meanwhile.p99Ms,
    slowestLookUpDuringAudits: meanwhile.maxMs,
    longestPauseDuringAudits,
  }
}
