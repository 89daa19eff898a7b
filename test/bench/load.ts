import { Pool } from 'undici'
import { answerParent } from './channel.ts'

/** A closed loop: so many connections, each of which asks again as soon as it has its answer. */
export interface LoadPlan {
  readonly origin: string
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  /** The load goes on for so long, and until so many requests were answered. */
  readonly ms: number
  readonly count: number
}

export interface LoadRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface LoadResult {
  readonly requests: number
  /** Answers that were not 200 or had errors. */
  readonly failures: number
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Mean length of a body. */
  readonly bytes: number
}

/** However slow the answers are, a load ends. */
const MAX_MS = 15_000

/**
 * Every connection goes round in requests of its own. So no two requests under way are equal, and what a server shares
 * between equal ones does not count here.
 */
async function load({ origin, requests, connections, ms, count }: LoadPlan): Promise<LoadResult> {
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: MAX_MS, bodyTimeout: MAX_MS })
  const latencies: number[] = []
  const startedAt = performance.now()
  let failures = 0
  let bytes = 0

  const isOver = (): boolean => {
    const elapsed = performance.now() - startedAt
    return elapsed >= MAX_MS || (elapsed >= ms && latencies.length >= count)
  }
  const keepAsking = async (own: readonly LoadRequest[]): Promise<void> => {
    for (let turn = 0; !isOver(); turn++) {
      const { headers, body } = own[turn % own.length] as LoadRequest
      const askedAt = performance.now()
      const answer = await pool.request({ method: 'POST', path: '/graphql', headers, body })
      const text = await answer.body.text()
      latencies.push(performance.now() - askedAt)
      bytes += Buffer.byteLength(text)
      if (answer.statusCode !== 200 || text.includes('"errors":')) failures++
    }
  }
  await Promise.all(
    Array.from({ length: connections }, (_, connection) =>
      keepAsking(requests.filter((_, index) => index % connections === connection)),
    ),
  )
  const elapsedMs = performance.now() - startedAt
  await pool.close()
  const sorted = Float64Array.from(latencies).toSorted()
  const quantile = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return {
    requests: sorted.length,
    failures,
    elapsedMs,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: quantile(1),
    bytes: Math.round(bytes / sorted.length),
  }
}

answerParent({ load })
