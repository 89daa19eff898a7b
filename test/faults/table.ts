import { OPERATION_NAMES, OPERATIONS, type OperationName } from './operations.ts'
import type { Verdict } from './cell.ts'

/** What became of all operations under one fault. */
export interface Row {
  readonly name: string
  readonly product: Partial<Record<OperationName, Verdict>>
  readonly naive: Partial<Record<OperationName, Verdict>>
  /** How often the naive client's credentials came to a stranger. */
  stolen: number
}

const SHORT: Readonly<Record<string, string>> = {
  UPSTREAM_UNAVAILABLE: 'UNAVAIL',
  UPSTREAM_TIMEOUT: 'TIMEOUT',
  UPSTREAM_THROTTLED: 'THROTTL',
  UPSTREAM_UNAUTHORIZED: 'UNAUTH',
  UPSTREAM_INVALID_RESPONSE: 'INVALID',
  DEADLINE_EXCEEDED: 'DEADLIN',
  WALK_INTERRUPTED: 'INTERR',
  'REJECTED:REJECTED_BY_SOURCE': 'REJECT',
  'REJECTED:NOT_GRANTED': 'NOTGRNT',
  'REJECTED:NOT_FOUND': 'NOTFND',
}

/** Each cell: what the product answered, and behind the stroke what the naive client did. */
export function printTable(title: string, rows: readonly Row[]): void {
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(42)} ${cells.map((cell) => cell.padEnd(13)).join(' ')}`
  const cell = ({ product, naive }: Row, name: OperationName): string => {
    const ours = product[name]?.result
    return ours === undefined ? '-' : `${SHORT[ours] ?? ours}/${naive[name]?.result ?? '?'}`
  }
  const lines = rows.map((row) => {
    const stolen = row.stolen ? `  naive: credentials stolen ${row.stolen} times` : ''
    return `${line(
      row.name,
      OPERATION_NAMES.map((name) => cell(row, name)),
    )}${stolen}`
  })
  console.log([`${title} (product/naive client)`, line('', OPERATION_NAMES), ...lines, ...summary(rows)].join('\n'))
}

function summary(rows: readonly Row[]): string[] {
  const product = rows.flatMap((row) => OPERATION_NAMES.flatMap((name) => judged(name, row.product[name])))
  const naive = rows.flatMap((row) => Object.values(row.naive).map(({ result }) => result))
  const overrun = Math.max(...rows.flatMap((row) => Object.values(row.product).map(({ overrunMs }) => overrunMs)))
  const stolen = rows.reduce((sum, row) => sum + row.stolen, 0)
  return [
    `product: ${counted(product)}; latest end ${overrun.toFixed(0)} ms after the deadline`,
    `naive:   ${counted(naive)}; credentials stolen ${stolen} times`,
  ]
}

/** A lie, a loss or a leak is an evil, whatever was expected. */
function judged(name: OperationName, verdict: Verdict | undefined): string[] {
  if (!verdict) return []
  const { result, timesDone, leaked } = verdict
  if (leaked) return ['leaky']
  if (result === 'data' || result === 'null') return ['right data']
  if (result === 'wrong') return ['wrong data']
  if (!OPERATIONS[name].isWrite || result === 'UNKNOWN') return [result === 'UNKNOWN' ? 'UNKNOWN' : 'typed error']
  const isTrue = timesDone === (result === 'APPLIED' ? 1 : 0)
  if (!isTrue) return ['lie']
  return [result === 'APPLIED' ? 'applied, truly' : 'typed error']
}

function counted(results: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1)
  return `${results.length} cells: ${[...counts].map(([result, count]) => `${result} ${count}`).join(', ')}`
}
