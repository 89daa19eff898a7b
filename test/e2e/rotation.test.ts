import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, type App } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { TIMING } from '../../src/timing.ts'
import { bytesOf, startFaultProxy, type FaultProxy, type Wire } from '../faults/fault-proxy.ts'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'

// Some hundred requests each; a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

const LOOPS = 8
/** Requests between one step of a rotation and the next. */
const BETWEEN = 40

let folder: string
let simulator: Simulator
let legacy: FaultProxy
let sitePartner: FaultProxy
let app: App
let url: string
/** What the server takes for the time since it last looked at its files. */
let now: number
/** What upstreams and callers go by. */
let pairs: Set<string>
let clientSecrets: Set<string>
let routerSecret: string
let refusals: number

const inPlace = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const byRename = (name: string, text: string): void => {
  inPlace(`${name}.new`, text)
  renameSync(join(folder, `${name}.new`), join(folder, name))
}
/** The server looks at its files again. */
const later = (): void => void (now += 2_000)

/** Lets in whose credentials are good at the moment, and shows the simulator the only ones that it knows. */
const legacyDoor: Wire = async ({ call, socket, answer }) => {
  const pair = `${call.headers['x-application-key']} ${call.headers['x-user-api-key']}`
  if (!pairs.has(pair)) return refuse(socket)
  const headers = {
    ...call.headers,
    'x-application-key': String(simulator.environment['LEGACY_APPLICATION_KEY']),
    'x-user-api-key': String(simulator.environment['LEGACY_USER_API_KEY']),
  }
  return void socket.write(bytesOf(await answer({ headers })))
}
const tokenDoor: Wire = async ({ call, socket, answer }) => {
  const fields = JSON.parse(call.body.toString())
  if (!clientSecrets.has(fields.client_secret)) return refuse(socket)
  const good = { ...fields, client_secret: simulator.environment['SITE_PARTNER_CLIENT_SECRET'] }
  return void socket.write(bytesOf(await answer({ body: Buffer.from(JSON.stringify(good)) })))
}
const refuse = (socket: Parameters<Wire>[0]['socket']): void => {
  refusals++
  socket.write(bytesOf({ status: 401, headers: {}, body: Buffer.alloc(0) }))
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rotation-'))
  simulator = await startSimulator({ people: { legacy: 60, sitePartner: 60, shared: 10 } })
  legacy = await startFaultProxy(simulator.legacy.url)
  sitePartner = await startFaultProxy(simulator.sitePartner.url)
  pairs = new Set(['app-1 user-1'])
  clientSecrets = new Set(['client-1'])
  routerSecret = 'router-1'
  refusals = 0
  now = 0
  const files = { application: 'app-1', user: 'user-1', client: 'client-1', router: 'router-1', cursor: 'cursor-1' }
  for (const [name, text] of Object.entries(files)) inPlace(name, text)
  legacy.break(() => true, legacyDoor)
  sitePartner.break(({ path }) => path === '/oauth/token', tokenDoor)
  const config = readConfig(
    {
      PORT: '0',
      LEGACY_API_URL: legacy.url,
      SITE_PARTNER_API_URL: sitePartner.url,
      SITE_PARTNER_TOKEN_URL: `${sitePartner.url}/oauth/token`,
      SITE_PARTNER_AUDIENCE: simulator.environment['SITE_PARTNER_AUDIENCE'],
      SITE_PARTNER_CLIENT_ID: simulator.environment['SITE_PARTNER_CLIENT_ID'],
      SITE_PARTNER_CLIENT_SECRET_FILE: join(folder, 'client'),
      LEGACY_APPLICATION_KEY_FILE: join(folder, 'application'),
      LEGACY_USER_API_KEY_FILE: join(folder, 'user'),
      ROUTER_SECRET_FILE: join(folder, 'router'),
      CURSOR_SECRET_FILE: join(folder, 'cursor'),
    },
    () => now,
  )
  const timing = { ...TIMING, drainMs: 0, deadlineMs: 15_000, attemptTimeoutMs: 5_000 }
  app = await createApp(config, createLogger(config.secrets, { write: () => undefined }), timing)
  url = `${await app.server.listen({ host: '127.0.0.1', port: 0 })}/graphql`
})
afterEach(async () => {
  await app.shutdown()
  await Promise.all([legacy.close(), sitePartner.close()])
  await simulator.close()
  rmSync(folder, { recursive: true })
})

async function ask(query: string, variables?: object): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    // Live: an earlier reading must not stand in for what fails.
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache', 'router-authorization': routerSecret },
    body: JSON.stringify({ query, variables }),
  })
  return response.status === 200 ? response.json() : { errors: [{ extensions: { code: `HTTP ${response.status}` } }] }
}

const single = (index: number): string =>
  `{ identity(id: "legacy:${simulator.legacy.people.list()[index % 60]?.user_id}") { id email } }`
const PAGE = '{ identities(first: 3, filter: { source: SITE_PARTNER }) { nodes { id } } }'

/** Eight callers who never pause, while the steps are taken one by one. @returns every failure there was. */
async function underLoad(query: (index: number) => string, steps: readonly (() => void)[]): Promise<unknown[]> {
  const failures: unknown[] = []
  const load = { isOver: false }
  let asked = 0
  let waiting: { readonly until: number; readonly go: () => void } | undefined
  const loop = async (): Promise<void> => {
    while (!load.isOver) {
      const { errors } = await ask(query(asked))
      if (errors) failures.push(errors[0].extensions)
      asked++
      if (waiting && asked >= waiting.until) waiting.go()
    }
  }
  const requests = (count: number): Promise<void> =>
    new Promise((resolve) => (waiting = { until: asked + count, go: resolve }))
  const loops = Array.from({ length: LOOPS }, loop)
  for (const step of steps) {
    await requests(BETWEEN)
    step()
  }
  await requests(BETWEEN)
  load.isOver = true
  await Promise.all(loops)
  return failures
}

describe('under load no request fails while', () => {
  it.each([
    ['by rename', byRename],
    ['in place', inPlace],
  ])('the LEGACY keys are replaced one after the other: %s', async (_how, write) => {
    const failures = await underLoad(single, [
      () => void pairs.add('app-2 user-2'),
      () => (write('application', 'app-2'), later()),
      () => later(),
      () => (write('user', 'user-2'), later()),
      () => void pairs.delete('app-1 user-1'),
    ])
    expect(failures).toEqual([])
    console.log(`LEGACY keys, both pairs good for a while: ${refusals} refusals`)
    // Each of the callers may have been under way with half a pair, and none of them twice.
    expect(refusals).toBeLessThanOrEqual(LOOPS)
  })

  it('the LEGACY keys are replaced and the old ones end at that moment', async () => {
    const failures = await underLoad(single, [
      () => {
        byRename('application', 'app-2')
        byRename('user', 'user-2')
        pairs = new Set(['app-2 user-2'])
      },
    ])
    expect(failures).toEqual([])
    console.log(`LEGACY keys, the old pair ends at once: ${refusals} refusals`)
    expect(refusals).toBeLessThanOrEqual(LOOPS)
  })

  it('a file is empty, and then half written', async () => {
    const failures = await underLoad(single, [
      () => void pairs.add('app-2 user-1'),
      () => (inPlace('application', ''), later()),
      () => (inPlace('application', 'ap'), later()),
      () => (inPlace('application', 'app-2'), later()),
    ])
    expect(failures).toEqual([])
  })

  it('the client secret is replaced and every token ends', async () => {
    const failures = await underLoad(
      () => PAGE,
      [
        () => byRename('client', 'client-2'),
        () => {
          clientSecrets = new Set(['client-2'])
          simulator.sitePartner.expireTokens()
        },
        () => simulator.sitePartner.expireTokens(),
      ],
    )
    expect(failures).toEqual([])
    console.log(`client secret: ${refusals} refusals of the token endpoint`)
    expect(refusals).toBeLessThanOrEqual(1)
  })

  it('the router secret goes from the old over both to the new', async () => {
    const failures = await underLoad(single, [
      () => (byRename('router', 'router-2,router-1'), later()),
      () => void (routerSecret = 'router-2'),
      () => undefined,
      () => (byRename('router', 'router-2'), later()),
    ])
    expect(failures).toEqual([])
    routerSecret = 'router-1'
    expect((await ask(single(0))).errors).toMatchObject([{ extensions: { code: 'HTTP 401' } }])
  })
})

it('a walk goes on over two changes of the cursor secret, in which nobody is missed', async () => {
  const seen: string[] = []
  let after: string | null = null
  for (let page = 0; ; page++) {
    const query =
      'query ($after: String) { identities(first: 10, after: $after) { nodes { sourceId } pageInfo { endCursor hasNextPage } } }'
    const { data, errors } = await ask(query, { after })
    expect(errors).toBeUndefined()
    seen.push(...data.identities.nodes.map((node: any) => node.sourceId))
    if (!data.identities.pageInfo.hasNextPage) break
    after = data.identities.pageInfo.endCursor
    if (page === 2) byRename('cursor', 'cursor-2')
    if (page === 5) byRename('cursor', 'cursor-3,cursor-2')
    later()
  }
  const everybody = [
    ...simulator.legacy.people.list().map(({ user_id }) => user_id),
    ...simulator.sitePartner.people.list().map(({ id }) => id),
  ]
  expect(seen).toEqual(everybody)
})
