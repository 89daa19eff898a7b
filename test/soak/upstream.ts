import { startFaultProxy } from '../faults/fault-proxy.ts'
import { instead } from '../faults/wires.ts'
import { penaltyBox, tokenBucket } from '../property/hidden-limit.ts'
import { startSimulator, type Fault } from '../simulator/simulator.ts'

/** A process of its own: both upstreams, and what goes wrong with them. `faults`, `bucket` or `box` says which. */
const FAULTS: readonly Fault[] = [
  { kind: 'drop' },
  { kind: 'status', status: 503 },
  { kind: 'hang' },
  { kind: 'throttle', headers: 'retry-after', seconds: 1 },
  { kind: 'latency', ms: 300 },
  { kind: 'truncate' },
  { kind: 'not-json' },
  { kind: 'trickle', ms: 100 },
  { kind: 'huge', bytes: 4_000_000 },
  { kind: 'drop-after' },
  { kind: 'status', status: 401 },
]
/** So long a fault lasts, and so long all is well after it, in milliseconds. */
const SPELL_MS = 4_000

const mode = process.argv[2]
const simulator = await startSimulator({ people: { legacy: 400, sitePartner: 400, shared: 100 } })
const legacyIds = simulator.legacy.people.list().map(({ user_id }) => user_id)
const sitePartnerIds = simulator.sitePartner.people.list().map(({ id }) => id)
const hello = { environment: simulator.environment, legacyIds, sitePartnerIds }

if (mode === 'faults') {
  let turn = 0
  setInterval(() => {
    const fault = FAULTS[(turn >> 1) % FAULTS.length] as Fault
    const upstream = turn & 2 ? simulator.sitePartner : simulator.legacy
    simulator.legacy.faults.clear()
    simulator.sitePartner.faults.clear()
    // Half of the calls meet it: an upstream that fails wholly is soon left alone, and then nothing is seen.
    if (turn % 2 === 0) for (let skip = 0; skip < 200; skip += 2) upstream.faults.add({ ...fault, skip, times: 1 })
    turn++
  }, SPELL_MS)
  process.send?.(hello)
} else {
  const bucket = tokenBucket(50, 20)
  const limit = mode === 'box' ? penaltyBox(bucket, 10_000) : bucket
  const proxy = await startFaultProxy(simulator.legacy.url)
  proxy.break(() => limit.answer(performance.now()).status === 429, instead(429))
  process.send?.({ ...hello, environment: { ...simulator.environment, LEGACY_API_URL: proxy.url } })
  process.on('message', () => {
    const bansEndedAt = 'bansEndedAt' in limit ? (limit.bansEndedAt as number[]) : []
    process.send?.({ calls: proxy.calls(), bansEndedAgo: bansEndedAt.map((at) => performance.now() - at) })
  })
}
