export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const high = sorted[Math.floor(middle)] ?? Number.NaN
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}

/** The ratio to what another one did in the same round; what disturbed the round disturbed both. */
export function pairedRatio(values: readonly number[], others: readonly number[]): Spread {
  const rounds = Math.min(values.length, others.length)
  return spread(values.slice(0, rounds).map((value, round) => value / (others[round] as number)))
}
