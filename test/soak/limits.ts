import type { Ended } from './load.ts'
import { message, startLoad, startServer, startUpstream } from './processes.ts'

const LIMIT_PER_SECOND = 50
const BEFORE = [5, 40] as const
const OVERLOAD = [20, 125] as const
const AFTER = [20, 40] as const

/**
 * What gets through an upstream that takes 50 calls a second and tells nobody: 40 requests a second, then 125, then 40
 * again. `box`: who passes the limit too often is shut out for 10 s, and anew with every call meanwhile.
 */
export async function measureLimits(mode: 'bucket' | 'box'): Promise<void> {
  const upstream = await startUpstream(mode)
  const server = await startServer(upstream.environment)
  const load = startLoad()
  const ended: Ended[] = []
  const over = new Promise<void>((resolve) => {
    load.on('message', (news: { ended: Ended[]; isOver?: boolean }) => {
      ended.push(...news.ended)
      if (news.isOver) resolve()
    })
  })
  const { legacyIds, sitePartnerIds } = upstream
  const phases = [BEFORE, OVERLOAD, AFTER]
  load.send({ url: `${server.url}/graphql`, phases, legacyIds, sitePartnerIds, singleReadsOnly: true })
  await over
  const told = message<{ calls: number; bansEndedAgo: number[] }>(upstream.process)
  upstream.process.send('how many?')
  const { calls, bansEndedAgo } = await told
  const askedAt = Date.now()
  const began = Math.min(...ended.map(({ sentAt }) => sentAt))
  const [from, to] = [began + BEFORE[0] * 1_000, began + (BEFORE[0] + OVERLOAD[0]) * 1_000]
  const answeredAt = ended.filter(({ result }) => result === 'OK').map(({ sentAt, tookMs }) => sentAt + tookMs)
  const goodput = answeredAt.filter((at) => at >= from && at < to).length / OVERLOAD[0]
  const lastBan = bansEndedAgo.map((ago) => askedAt - ago).at(-1) ?? 0
  const relieved = Math.max(to, lastBan)
  const failedLast = Math.max(relieved, ...ended.filter(({ result }) => result !== 'OK').map(({ sentAt }) => sentAt))
  const took = ended
    .filter(({ sentAt }) => sentAt >= from && sentAt < to)
    .map(({ tookMs }) => tookMs)
    .toSorted((a, b) => a - b)
  console.log(
    `${mode}: goodput in overload ${goodput.toFixed(1)}/s, ${((goodput / LIMIT_PER_SECOND) * 100).toFixed(1)} % of the limit; ` +
      `${(calls / ended.length).toFixed(2)} calls a request (${calls} for ${ended.length}); ${bansEndedAgo.length} bans; ` +
      `whole again ${((failedLast - relieved) / 1_000).toFixed(1)} s after ${lastBan > to ? 'the last ban' : 'the overload'}; ` +
      `p99 in overload ${took[Math.floor(took.length * 0.99)]?.toFixed(0)} ms`,
  )
  server.process.kill('SIGTERM')
  upstream.process.kill()
}
