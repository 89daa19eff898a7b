import { once as onceEvent } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'
import { naiveCell, productCell, type Place, type ProductCell, type Verdict } from './cell.ts'
import { pass, type Wire } from './fault-proxy.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName, type Targets } from './operations.ts'
import { printTable, type Row } from './table.ts'
import { CANARY } from './wires.ts'

/** What is right of an operation under a fault; several where it hangs on who is faster. `-`: the fault is not one of this. */
type Expected = string | readonly string[]

/** One fault. `reads` and `writes` are what all of them end with, but for what is said of one by name. */
export interface Fault {
  readonly name: string
  readonly place?: Place
  /** Made anew for each cell. */
  readonly wire?: (trapUrl: string) => Wire
  readonly reads: Expected
  readonly writes: Expected
  readonly but?: Partial<Record<OperationName, Expected>>
}

/** Beyond its deadline a request is over soon. On a busy machine; how much it really was is printed. */
const MARGIN_MS = 1_000

/** Runs a part of the matrix: every operation under every fault, the naive client beside, and prints the table. */
export function runMatrix(title: string, faults: readonly Fault[]): void {
  describe(`the product under faults: ${title}`, () => {
    const rows: Row[] = []
    const defects: unknown[] = []
    const note = (error: unknown): void => void defects.push(error)
    const logged: string[] = []
    const folder = mkdtempSync(join(tmpdir(), 'faults-'))
    let around: Around
    beforeAll(async () => {
      const traps = { product: await startTrap(), naive: await startTrap() }
      around = { traps, auditLog: join(folder, 'audit.log'), log: (line) => logged.push(line) }
      process.on('unhandledRejection', note)
      // The first requests of a process are slow, and no fault is to be taken for that.
      const simulator = await startSimulator({ people: { legacy: 8, sitePartner: 8, shared: 2 } })
      const warm: Fault = { name: 'none', wire: () => pass, reads: '', writes: '' }
      await runRow(simulator, warm, { name: '', product: {}, naive: {}, stolen: 0 }, around)
      await simulator.close()
    }, 60_000)
    afterAll(async () => {
      process.off('unhandledRejection', note)
      await Promise.all([around.traps.product.close(), around.traps.naive.close()])
      printTable(title, rows)
      const told = logged.join('') + readFileSync(around.auditLog, 'utf8')
      rmSync(folder, { recursive: true })
      expect(defects).toEqual([])
      for (const secret of ['canary', '@example.com', 'simulated-', 'Kept']) expect(told).not.toContain(secret)
    })

    // Once more where it failed: on a machine busy enough, a healthy upstream answers too late. A defect fails again.
    it.each(faults)('$name', { timeout: 60_000, retry: 1 }, async (fault) => {
      const simulator = await startSimulator({ people: { legacy: 8, sitePartner: 8, shared: 2 } })
      const row: Row = { name: fault.name, product: {}, naive: {}, stolen: 0 }
      if (rows.at(-1)?.name === fault.name) rows.pop()
      rows.push(row)
      try {
        await runRow(simulator, fault, row, around)
      } finally {
        await simulator.close()
      }
      for (const name of OPERATION_NAMES) {
        const verdict = row.product[name]
        const expected = expectedOf(fault, name)
        if (expected === '-') continue
        expect([expected].flat(), `${name}: ${verdict?.result}`).toContain(verdict?.result)
        expect(verdict?.leaked, `${name} leaks`).toBe(false)
        expect(verdict?.overrunMs, `${name} is late`).toBeLessThan(MARGIN_MS)
        if (OPERATIONS[name].isWrite) expectTruth(name, verdict as Verdict)
      }
    })
  })
}

/** What was said of a write is what happened: done once where it says so, not done where it says that. */
function expectTruth(name: string, { result, timesDone }: Verdict): void {
  expect(timesDone, `${name} says ${result}, nothing else was lost, and it was done at most once`).toBeLessThanOrEqual(
    1,
  )
  if (result === 'UNKNOWN') return
  expect(timesDone, `${name} says ${result}`).toBe(result === 'APPLIED' ? 1 : 0)
}

/** Operations that one server can be asked at the same time, since they call different upstreams. */
const TOGETHER: readonly (readonly OperationName[])[] = [
  ['get', 'list SP'],
  ['list L', 'archive'],
  ['create L', 'create SP'],
  ['update L', 'update SP'],
  ['entities'],
]

interface Around {
  readonly traps: Readonly<Record<'product' | 'naive', Trap>>
  readonly auditLog: string
  readonly log: (line: string) => void
}

async function runRow(simulator: Simulator, fault: Fault, row: Row, around: Around): Promise<void> {
  const { traps } = around
  const columns = OPERATION_NAMES.filter((name) => expectedOf(fault, name) !== '-')
  const struck = (trap: Trap) => ({
    place: fault.place ?? 'api',
    wire: () => (fault.wire ?? (() => () => undefined))(trap.url),
  })
  const firstLegacy = simulator.legacy.people
    .list()
    .slice(0, 6)
    .map(({ user_id }) => user_id)
  const firstSitePartner = simulator.sitePartner.people
    .list()
    .slice(0, 6)
    .map(({ id }) => id)
  const targets = (who: string): Targets => {
    const email = `${who}@example.com`
    const names = { email, firstname: 'Before', lastname: 'Kept' }
    const record = { role: 'campaign-viewer', timezone: 'Europe/Lisbon', phone: '1', status: 'active' }
    const { user_id } = simulator.legacy.people.insert({ ...names, ...record })
    const { id } = simulator.sitePartner.people.insert({ email, firstName: 'Before', lastName: 'Kept' })
    return { legacyId: user_id, sitePartnerId: id, email, firstLegacy, firstSitePartner }
  }
  // All of them are there before the first is asked: to start one takes the time of the others.
  const groups = TOGETHER.map((group) => group.filter((name) => columns.includes(name))).filter(
    ({ length }) => length > 0,
  )
  const cells = await Promise.all(
    groups.map(async () => productCell(simulator, struck(traps.product), around.auditLog, around.log)),
  )
  const ours = groups.flatMap((group, index) =>
    group.map(
      async (name) =>
        void (row.product[name] = await (cells[index] as ProductCell).run(
          name,
          targets(`ours.${name.replace(' ', '-')}`),
        )),
    ),
  )
  const naive = columns.map(async (name) => {
    row.naive[name] = await naiveCell(simulator, name, struck(traps.naive), targets(`naive.${name.replace(' ', '-')}`))
  })
  await Promise.all([...ours, ...naive])
  await Promise.all(cells.map((cell) => cell.close()))
  row.stolen = traps.naive.credentials()
  traps.naive.reset()
  expect(traps.product.credentials()).toBe(0)
}

function expectedOf({ reads, writes, but }: Fault, name: OperationName): Expected {
  return but?.[name] ?? (OPERATIONS[name].isWrite ? writes : reads)
}

/** Where redirects lead: it answers like an upstream, and counts whose credentials it gets. */
interface Trap {
  readonly url: string
  credentials(): number
  reset(): void
  close(): Promise<void>
}

async function startTrap(): Promise<Trap> {
  let credentials = 0
  const server = createServer((request, response) => {
    const { headers } = request
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const hasSecret = headers['x-application-key'] ?? headers.authorization ?? /client_secret|password/.exec(body)
      if (hasSecret) credentials++
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ user: { user_id: 'stolen', email: CANARY }, access_token: 'trap' }))
    })
  })
  server.listen(0, '127.0.0.1')
  await onceEvent(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: () => credentials,
    reset: () => void (credentials = 0),
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
