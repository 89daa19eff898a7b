import type { ServerResponse } from 'node:http'

/** One request as it came in. Header values and bodies are never kept. */
export interface CallRecord {
  /** The route's name, e.g. `GET /user/{user_id}`, or `unknown`. */
  endpoint: string
  method: string
  /** The path exactly as received: not decoded, dots and all. */
  path: string
  query: Record<string, string>
  /** Missing while unanswered, and for good when the connection was dropped instead. */
  status?: number
}

/** What was asked of one upstream. Counting begins with the request line, so refused requests count too. */
export interface Calls {
  count(endpoint?: string): number
  byEndpoint(): Record<string, number>
  /** Oldest first; only the newest 20,000 are kept. */
  log(): readonly CallRecord[]
  reset(): void
  /** Requests begun and not yet ended or aborted. A reset leaves these alone. */
  pending(): number
}

export interface CallRecorder extends Calls {
  begin(record: CallRecord, response: ServerResponse): void
}

const KEPT = 20_000

export function createCallRecorder(): CallRecorder {
  let counts = new Map<string, number>()
  let records: CallRecord[] = []
  const open = new Set<ServerResponse>()

  return {
    count(endpoint) {
      if (endpoint !== undefined) return counts.get(endpoint) ?? 0
      return [...counts.values()].reduce((sum, count) => sum + count, 0)
    },
    byEndpoint: () => Object.fromEntries(counts),
    log: () => records.slice(),
    reset() {
      counts = new Map()
      records = []
    },
    pending: () => open.size,
    begin(record, response) {
      counts.set(record.endpoint, (counts.get(record.endpoint) ?? 0) + 1)
      records.push(record)
      // Cut rarely and in bulk: a benchmark makes many calls.
      if (records.length > KEPT * 2) records = records.slice(-KEPT)
      open.add(response)
      // `finish` comes before the caller has read the answer, `close` also when the caller hangs up.
      response.once('finish', () => open.delete(response))
      response.once('close', () => open.delete(response))
    },
  }
}

/** The query as a plain record (first value wins), without credentials that somebody put there. */
export function loggedQuery(query: URLSearchParams): Record<string, string> {
  const logged: Record<string, string> = {}
  for (const [name, value] of query) {
    logged[name] ??= /key|token|secret|password/i.test(name) ? '[hidden]' : value
  }
  return logged
}
