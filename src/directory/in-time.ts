/**
 * What was asked, unless the signal fires before; then it rejects with the signal's reason. Slow questions are worked off one
 * after the other: nobody waits behind those of others beyond the own deadline.
 */
export async function inTime<Value>(asked: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: over, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    return await Promise.race([asked, over])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
