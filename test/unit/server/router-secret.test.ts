import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApp, type App } from '../../../src/app.ts'
import { TIMING } from '../../../src/timing.ts'
import { readConfig } from '../../../src/config.ts'
import { startSimulator, type Simulator } from '../../simulator/simulator.ts'

const OLD = 'the-old-secret-of-the-router'
const NEW = 'the-new-secret-of-the-router'

let simulator: Simulator
let app: App
let folder: string
let file: string
let now = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'router-'))
  file = join(folder, 'secret')
  writeFileSync(file, OLD)
  simulator = await startSimulator({ people: { legacy: 3, sitePartner: 3, shared: 1 } })
  const config = readConfig({ ...simulator.environment, ROUTER_SECRET_FILE: file }, () => now)
  app = await createApp(config, pino({ level: 'silent' }), { ...TIMING, drainMs: 0 })
})
afterAll(async () => {
  await app.shutdown()
  await simulator.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  simulator.reset()
  rotateTo(OLD)
})

test.each<[string, number, string, Record<string, string>]>([
  ['the right secret', 200, OLD, { 'router-authorization': OLD }],
  ['none', 401, OLD, {}],
  ['an empty one', 401, OLD, { 'router-authorization': '' }],
  ['a wrong one', 401, OLD, { 'router-authorization': NEW }],
  ['one in other letters', 401, OLD, { 'router-authorization': OLD.toUpperCase() }],
  ['a part', 401, OLD, { 'router-authorization': OLD.slice(0, -1) }],
  ['more', 401, OLD, { 'router-authorization': `${OLD} x` }],
  ['another header', 401, OLD, { authorization: OLD }],
  ['the new one of two', 200, `${NEW}, ${OLD},`, { 'router-authorization': NEW }],
  ['the old one of two', 200, `${NEW}, ${OLD},`, { 'router-authorization': OLD }],
  ['both in one', 401, `${NEW},${OLD}`, { 'router-authorization': `${NEW},${OLD}` }],
  ['nothing, beside a comma too many', 401, `${NEW},,`, { 'router-authorization': '' }],
  ['the old one after the rotation', 401, NEW, { 'router-authorization': OLD }],
])('who sends %s is answered with %i, where the secret is %j', async (_name, status, secret, headers) => {
  rotateTo(secret)
  const answer = await ask('{ identity(id: "legacy:1") { id } }', headers)
  expect(answer.statusCode).toBe(status)
  expect(answer.json().errors?.[0]?.extensions?.code).toBe(status === 401 ? 'UNAUTHENTICATED' : undefined)
  expect(answer.body).not.toContain(OLD)
  expect(simulator.legacy.calls.count()).toBe(status === 200 ? 1 : 0)
})

test('the schema is for the router only', async () => {
  const query = '{ _service { sdl } }'
  expect((await ask(query, { 'router-authorization': OLD })).json().data._service.sdl).toContain('type Identity')
  expect((await ask(query, {})).body).not.toContain('Identity')
})

test('health needs no secret', async () => {
  expect((await app.server.inject('/health/live')).statusCode).toBe(200)
  expect((await app.server.inject('/health/ready')).statusCode).toBe(200)
})

test('a stranger is refused before the body is read', async () => {
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.server.address() as AddressInfo
  const headers = { 'content-type': 'application/json', 'content-length': '1000000' }
  const sending = request({ host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers, agent: false })
  sending.on('error', () => undefined)
  // The rest never comes: a server that waited for it would give no answer.
  sending.write('{"query":"')
  const [response] = await once(sending, 'response')
  expect(response.statusCode).toBe(401)
  sending.destroy()
})

function rotateTo(secret: string): void {
  writeFileSync(file, `${secret}\n`)
  now += 1_000
}

async function ask(query: string, headers: Record<string, string>) {
  return app.server.inject({ method: 'POST', url: '/graphql', headers, payload: { query } })
}
