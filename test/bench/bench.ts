import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { measureQuery, type Measured } from './measure.ts'
import { readOptions, USAGE, type Options } from './options.ts'
import { Processes } from './processes.ts'
import { PEOPLE, QUERIES } from './queries.ts'
import { sizeTable, tablesOf, writeReport } from './report.ts'
import { startServers, type Server, type Skipped } from './servers.ts'
import { measureSize, type SizeResult } from './size.ts'

/** `npm run bench`: every figure beside its baselines, in the same run. See README.md beside this file. */
const options = readOrExit(process.argv.slice(2))
if (options.speed) install(options.peers ? './peers/' : './')
const processes = new Processes(options.pin)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void processes.stop().then(() => process.exit(1)))
}
const startedAt = new Date()
const machineBefore = machine()
const idleBefore = idleMs()
console.log(`${machineBefore.cpu}, ${machineBefore.cpus} CPUs, Node ${process.version}, load ${machineBefore.load}`)

try {
  const { measured, skipped } = options.speed ? await measureSpeed() : { measured: [], skipped: [] }
  console.log(tablesOf(measured))
  const size = options.size ? await measureDirectorySize() : undefined
  const otherWork = await busyWithOtherWork()
  console.log(`Other work took ${otherWork.toFixed(2)} of ${machineBefore.cpus} CPUs meanwhile.`)
  const report = { machine: { ...machineBefore, otherWork }, options, skipped, measured, ...(size && { size }) }
  console.log(`Every round: ${writeReport(report, startedAt)}`)
  if (measured.some((each) => each.fault !== undefined)) process.exitCode = 1
} finally {
  await processes.stop()
}

function readOrExit(args: readonly string[]): Options {
  try {
    return readOptions(args)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(`${error.message}\n\n${USAGE}`)
    return process.exit(2)
  }
}

/** Baselines and peers have manifests of their own, so that an install of the subgraph alone stays small. */
function install(place: './' | './peers/'): void {
  const folder = fileURLToPath(new URL(place, import.meta.url))
  // npm writes it when it is done.
  if (existsSync(`${folder}node_modules/.package-lock.json`)) return
  const { status } = spawnSync('npm', ['ci', '--prefix', folder], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

async function measureSpeed(): Promise<{ measured: Measured[]; skipped: Skipped[] }> {
  const upstreams = {
    directory: await processes.startUpstream(PEOPLE),
    live: await processes.startUpstream(PEOPLE),
  }
  const load = processes.startLoad()
  const started = await startServers(options, processes, upstreams)
  const skipped = started.filter((each): each is Skipped => 'reason' in each)
  for (const { name, mode, reason } of skipped) console.log(`Skipped: ${name}, ${mode}: ${reason}`)
  const servers = started.filter((each): each is Server => !('reason' in each))
  const measured: Measured[] = []
  for (const query of QUERIES.filter((each) => options.queries.includes(each.name))) {
    console.log(`Measuring ${query.title} …`)
    measured.push(...(await measureQuery(query.name, servers, { options, load, upstreams })))
  }
  await processes.stop([...servers.map((each) => each.child), upstreams.directory.child, upstreams.live.child, load])
  return { measured, skipped }
}

async function measureDirectorySize(): Promise<SizeResult | undefined> {
  console.log(`Measuring a directory of ${options.people.toLocaleString('en')} people in each source …`)
  const size = await measureSize(options, processes)
  console.log(typeof size === 'string' ? `Skipped: size of the directory: ${size}` : sizeTable(size))
  return typeof size === 'string' ? undefined : size
}

function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cpus: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    load: loadavg()
      .map((each) => each.toFixed(1))
      .join(' '),
  }
}

function idleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0)
}

/** How many CPUs were busy with what is not ours: the less, the better the figures. */
async function busyWithOtherWork(): Promise<number> {
  const elapsedMs = Date.now() - startedAt.getTime()
  const busyMs = cpus().length * elapsedMs - (idleMs() - idleBefore)
  return Math.max(0, (busyMs - (await processes.cpuUs()) / 1000) / elapsedMs)
}
