import { mkdirSync, writeFileSync } from 'node:fs'
import { REFERENCE } from './blueprints.ts'
import type { Measured, Section } from './measure.ts'
import { QUERIES } from './queries.ts'
import type { Skipped } from './servers.ts'
import type { SizeResult } from './size.ts'
import { pairedRatio, spread, type Spread } from './statistics.ts'

const LIMIT = 'limit: prebuilt bytes'

export interface Report {
  readonly machine: Readonly<Record<string, unknown>>
  readonly options: unknown
  readonly skipped: readonly Skipped[]
  readonly measured: readonly Measured[]
  readonly size?: SizeResult
}

/** One table for each query and place, in Markdown. */
export function tablesOf(measured: readonly Measured[]): string {
  const groups = Map.groupBy(measured, ({ query, section }) => `${query}: ${titleOf(section)}`)
  return [...groups.values()].map(tableOf).join('\n')
}

function tableOf(group: readonly Measured[]): string {
  const [first] = group
  if (!first) return ''
  const { query, section } = first
  const title = QUERIES.find((each) => each.name === query)?.title ?? query
  const reference = group.find((each) => each.server === REFERENCE[section.mode])
  const limit = group.find((each) => each.server === LIMIT)
  const lines = group.map((each) => {
    if (each.fault !== undefined) return `| ${each.server} | not timed: ${each.fault} |`
    if (each.windows.length === 0) return `| ${each.server} | cannot be asked this |`
    const cells = [
      each.server,
      `${number(cpuOf(each))} (${number(cpuOf(each, 'min'))}–${number(cpuOf(each, 'max'))})`,
      ratio(each, limit),
      ratio(each, reference),
      number(median(each, 'requestsPerSecond')),
      number(median(each, 'p50Ms')),
      number(median(each, 'p99Ms')),
      number(median(each, 'rssBytes') / 2 ** 20),
      number(median(each, 'bytes')),
      section.mode === 'live' || each.server.startsWith('ours') ? number(median(each, 'upstreamCalls')) : '–',
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `
**${title}, ${titleOf(section)}**, ${section.connections} connection${section.connections === 1 ? '' : 's'}

| server | CPU µs/request (min–max) | of limit | of ${reference?.server ?? 'reference'} | requests/s | p50 ms | p99 ms | RSS MiB | bytes | upstream calls |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`
}

function titleOf({ mode, latencyMs }: Section): string {
  return mode === 'directory' ? 'from the directory' : `live, upstream ${latencyMs} ms`
}

export function sizeTable(size: SizeResult): string {
  const lines = Object.entries(size).map(([name, value]) => {
    return `| ${name} | ${typeof value === 'number' ? number(value) : String(value)} |`
  })
  return `\n**size of the directory**\n\n| | |\n| --- | --- |\n${lines.join('\n')}\n`
}

/** @returns the file's name, below this folder. */
export function writeReport(report: Report, at: Date): string {
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const name = `${at.toISOString().slice(0, 19).replaceAll(':', '-')}.json`
  const measured = report.measured.map((each) => ({
    ...each,
    summary: each.windows.length === 0 ? undefined : summaryOf(each, report.measured),
  }))
  writeFileSync(new URL(name, folder), `${JSON.stringify({ ...report, measured }, undefined, 2)}\n`)
  return `test/bench/results/${name}`
}

function summaryOf(each: Measured, all: readonly Measured[]): Record<string, Spread | undefined> {
  const beside = all.filter((other) => other.query === each.query && titleOf(other.section) === titleOf(each.section))
  const to = (server: string): Spread | undefined => {
    const other = beside.find((candidate) => candidate.server === server)
    return other && pairedRatio(cpus(each), cpus(other))
  }
  return { cpuUs: spread(cpus(each)), ofLimit: to(LIMIT), ofReference: to(REFERENCE[each.section.mode]) }
}

function cpus({ windows }: Measured): number[] {
  return windows.map((window) => window.cpuUs)
}

function cpuOf(each: Measured, which: keyof Spread = 'median'): number {
  return spread(cpus(each))[which]
}

function median(each: Measured, field: keyof Measured['windows'][number]): number {
  return spread(each.windows.map((window) => window[field])).median
}

function ratio(each: Measured, other: Measured | undefined): string {
  return other && other.fault === undefined ? pairedRatio(cpus(each), cpus(other)).median.toFixed(2) : '–'
}

function number(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return value < 10 ? value.toFixed(value === 0 ? 0 : 2) : Math.round(value).toLocaleString('en')
}
