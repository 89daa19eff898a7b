import type { HttpPolicy } from './transport.ts'

/**
 * At most `limit` calls at a time; the others wait in order. The waiting is here and not in undici's pool, which notices
 * only late that a waiting request was broken off.
 */
export function limitConcurrency(limit: number): HttpPolicy {
  let running = 0
  const waiting = new Set<() => void>()

  const admit = (signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const enter = (): void => {
      signal.removeEventListener('abort', leave)
      waiting.delete(enter)
      running++
      resolve()
    }
    const leave = (): void => {
      waiting.delete(enter)
      reject(signal.reason)
    }
    if (signal.aborted) leave()
    else if (running < limit) enter()
    else {
      waiting.add(enter)
      signal.addEventListener('abort', leave, { once: true })
    }
    return promise
  }

  return (next) => async (request) => {
    await admit(request.signal)
    try {
      return await next(request)
    } finally {
      running--
      waiting.values().next().value?.()
    }
  }
}
