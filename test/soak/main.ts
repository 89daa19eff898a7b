import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Ended } from './load.ts'
import { measureLimits } from './limits.ts'
import { readMetrics, slope, startLoad, startServer, startUpstream } from './processes.ts'

/**
 * `npm run soak`: the product for a quarter of an hour under a bounded load, while one upstream after the other fails in
 * one way after the other. `-- --minutes 5` for another time, `-- --limits` for goodput under limits that nobody told.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    rps: { type: 'string', default: '30' },
    limits: { type: 'boolean', default: false },
  },
})

const REPORT_EVERY_MS = 30_000
const SAMPLE_EVERY_MS = 5_000
/** Until then caches fill and code is compiled; of a short run it is a third. */
const WARM_UP_MINUTES = 3
const MOST_MB_PER_MINUTE = 1
/** For connections that are kept to be let go, before what is left is counted. */
const REST_MS = 15_000
/** What the simulator's people and credentials are made of: none of it may be in a log. */
const SECRETS = /@example\.|simulated-|firstname|"password"/i

if (values.limits) {
  for (const mode of ['bucket', 'box'] as const) await measureLimits(mode)
} else {
  process.exitCode = (await soak(Number(values.minutes), Number(values.rps))) ? 0 : 1
}

interface Sample {
  readonly minute: number
  readonly rssMb: number
  readonly heapMb: number
  readonly handles: number
}

async function soak(minutes: number, rps: number): Promise<boolean> {
  const upstream = await startUpstream('faults')
  const server = await startServer(upstream.environment)
  const load = startLoad()
  const handlesAtRest = (await readMetrics(server.url))('nodejs_active_resources_total')
  const began = performance.now()
  const samples: Sample[] = []
  const ended: Ended[] = []
  const over = new Promise<void>((resolve) => {
    load.on('message', (news: { ended: Ended[]; isOver?: boolean }) => {
      ended.push(...news.ended)
      if (news.isOver) resolve()
    })
  })
  const { legacyIds, sitePartnerIds } = upstream
  load.send({ url: `${server.url}/graphql`, phases: [[minutes * 60, rps]], legacyIds, sitePartnerIds })
  const sample = async (): Promise<void> => {
    const metric = await readMetrics(server.url)
    samples.push({
      minute: (performance.now() - began) / 60_000,
      rssMb: metric('process_resident_memory_bytes') / 2 ** 20,
      heapMb: metric('nodejs_heap_size_used_bytes') / 2 ** 20,
      handles: metric('nodejs_active_resources_total'),
    })
  }
  const sampling = setInterval(() => void sample(), SAMPLE_EVERY_MS)
  const reporting = setInterval(() => report(samples, ended.slice(-rps * 30)), REPORT_EVERY_MS)
  await over
  clearInterval(sampling)
  clearInterval(reporting)
  console.log(`\n${minutes} minutes at ${rps} requests a second: ${ended.length} requests`)
  report(samples, ended)
  await delay(REST_MS)
  const handlesAtEnd = (await readMetrics(server.url))('nodejs_active_resources_total')
  console.log(`handles at rest: ${handlesAtRest} before, ${handlesAtEnd} after`)
  const isFlat = conclude(samples) && handlesAtEnd < handlesAtRest + 20
  const leaks = server
    .log()
    .split('\n')
    .filter((line) => SECRETS.test(line)).length
  const defects = server
    .log()
    .split('\n')
    .filter((line) => /unhandled|uncaught|unexpected/.test(line)).length
  console.log(`the log has ${leaks} lines with something personal or secret, and ${defects} with a defect`)
  server.process.kill('SIGTERM')
  upstream.process.kill()
  return isFlat && leaks === 0 && defects === 0
}

function report(samples: readonly Sample[], ended: readonly Ended[]): void {
  const { minute, rssMb, heapMb, handles } = samples.at(-1) ?? { minute: 0, rssMb: 0, heapMb: 0, handles: 0 }
  const took = ended.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)
  const results = new Map<string, number>()
  for (const { result } of ended) results.set(result, (results.get(result) ?? 0) + 1)
  const counts = [...results].toSorted(([, a], [, b]) => b - a).map(([result, count]) => `${result} ${count}`)
  console.log(
    `${minute.toFixed(1)} min: RSS ${rssMb.toFixed(0)} MB, heap ${heapMb.toFixed(0)} MB, ${handles} handles, ` +
      `p50 ${took[Math.floor(took.length * 0.5)]?.toFixed(0)} ms, p99 ${took[Math.floor(took.length * 0.99)]?.toFixed(0)} ms, ` +
      `last ${took.at(-1)?.toFixed(0)} ms; ${counts.join(', ')}`,
  )
}

function conclude(samples: readonly Sample[]): boolean {
  const end = samples.at(-1)?.minute ?? 0
  const warm = samples.filter(({ minute }) => minute > Math.min(WARM_UP_MINUTES, end / 3))
  // The least in each minute: what is on top of it, the next collection takes away.
  const minutes = [...new Set(warm.map(({ minute }) => Math.floor(minute)))]
  const slopeOf = (value: (each: Sample) => number): number =>
    slope(
      minutes.map((at) => [
        at,
        Math.min(...warm.filter(({ minute }) => Math.floor(minute) === at).map((each) => value(each))),
      ]),
    )
  const [rss, heap, handles] = [
    slopeOf((each) => each.rssMb),
    slopeOf((each) => each.heapMb),
    slopeOf((each) => each.handles),
  ]
  console.log(
    `slope after warming up: RSS ${rss.toFixed(2)} MB/min, heap ${heap.toFixed(2)} MB/min, handles ${handles.toFixed(2)} a minute`,
  )
  return rss < MOST_MB_PER_MINUTE && heap < MOST_MB_PER_MINUTE
}
