import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPopulation } from '../simulator/people/population.ts'
import { KNOWN_PEOPLE, startSimulator } from '../simulator/simulator.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { createWireClient, send, USERS } from '../simulator/wire-client.ts'
import type { Reply, WireClient } from '../simulator/wire-client.ts'

const { ana } = KNOWN_PEOPLE

let simulator: Simulator
let client: WireClient
let clock = new Date('2026-01-05T09:00:00Z')
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 250, sitePartner: 130, shared: 60 }, now: () => clock })
  client = createWireClient(simulator)
})
afterAll(() => simulator.close())
beforeEach(() => {
  clock = new Date('2026-01-05T09:00:00Z')
  simulator.reset()
})

describe('the population', () => {
  test('is the same for the same options, and other for another seed', () => {
    expect(createPopulation()).toEqual(createPopulation())
    expect(createPopulation({ seed: 2 }).legacy).not.toEqual(createPopulation().legacy)
  })

  test('has the promised sizes, overlaps and oddities', () => {
    const { legacy, sitePartner } = createPopulation()
    expect([legacy.length, sitePartner.length]).toEqual([1000, 1000])
    const emails = legacy.flatMap(({ email }) => email ?? [])
    const others = sitePartner.flatMap(({ email }) => email ?? [])
    const pairs = others.filter((email) => emails.includes(email.toLowerCase()))
    expect(pairs).toHaveLength(300)
    expect(pairs.filter((email) => email !== email.toLowerCase()).length).toBeGreaterThan(90)
    expect(new Set(emails).size).toBe(emails.length)
    expect(new Set(others.map((email) => email.toLowerCase())).size).toBe(others.length)
    for (const people of [legacy.map((p) => p.created_at), sitePartner.map((p) => p.createdAt)]) {
      expect(people.every((created, index) => index === 0 || created > (people[index - 1] ?? ''))).toBe(true)
    }
    expect(new Set(legacy.map(({ status }) => status))).toEqual(
      new Set(['active', 'inactive', 'pending-review', 'Suspended']),
    )
    expect(legacy.some(({ firstname, lastname }) => firstname === null && lastname === null)).toBe(true)
    expect(legacy.some(({ email }) => email === null)).toBe(true)
    expect(sitePartner.every(({ isArchived, email }) => isArchived === (email === null))).toBe(true)
    expect(legacy.every(({ user_id }) => /^\d+l\d+$/.test(user_id))).toBe(true)
    expect(sitePartner.every(({ id }) => /^spu_\w{21}$/.test(id))).toBe(true)
    expect(legacy[0]).toMatchObject(ana.legacy)
    expect(sitePartner[0]).toMatchObject(ana.sitePartner)
  })

  test.each([0, 1, 3])('may be as small as %i', (size) => {
    const { legacy, sitePartner } = createPopulation({ legacy: size, sitePartner: size })
    expect([legacy.length, sitePartner.length]).toEqual([size, size])
  })
})

describe('counting and admin', () => {
  const admin = (path: string, method: string, body?: unknown): Promise<Reply> =>
    send(simulator.sitePartner.url, `/_admin/${path}`, { method, body })

  test('every request counts, the unrouted too, by its raw path', async () => {
    const paths = ['/user/../admin', '/user/a%2Fb', '/user/', '/user/%zz', '/nowhere?x=1']
    for (const path of paths) await client.legacy(path)
    await client.legacy('/user', { method: 'PATCH' })
    const { calls } = simulator.legacy
    expect(calls.log().map(({ path }) => path)).toEqual([...paths.slice(0, 4), '/nowhere', '/user'])
    expect(calls.byEndpoint()).toEqual({ unknown: 5, 'GET /user/{user_id}': 1 })
    expect(calls.log()[4]).toEqual({
      endpoint: 'unknown',
      method: 'GET',
      path: '/nowhere',
      query: { x: '1' },
      status: 404,
    })
    calls.reset()
    expect(calls.count()).toBe(0)
  })

  test('does all of it over HTTP, uncounted', async () => {
    const bearer = await client.token()
    await admin('faults', 'POST', { kind: 'status', status: 418, endpoint: `GET ${USERS}` })
    expect((await client.sitePartner(USERS, {}, bearer)).status).toBe(418)
    await admin('faults', 'DELETE')
    await admin('people', 'POST', { person: { id: 'spu_first', email: 'first@example.com' }, index: 0 })
    await admin('switches', 'PATCH', { timestamps: 'milliseconds' })
    const [first] = (await client.sitePartner(USERS, {}, bearer)).json.data.items
    expect(first).toMatchObject({ id: 'spu_first', createdAt: '2026-01-05T09:00:00.000Z' })
    expect((await admin('people/spu_first', 'DELETE')).status).toBe(200)
    expect((await admin('people/spu_first', 'DELETE')).status).toBe(404)
    expect((await admin('calls', 'GET')).json).toMatchObject({ count: 3, byEndpoint: { 'POST /oauth/token': 1 } })
    await admin('expire-tokens', 'POST')
    expect((await client.sitePartner(USERS, {}, bearer)).status).toBe(401)
    await admin('calls', 'DELETE')
    expect(simulator.sitePartner.calls.count()).toBe(0)
    await admin('reset', 'POST')
    expect(simulator.sitePartner.switches.timestamps).toBe('seconds')
  })

  test.each([
    ['faults', { kind: 'no-such' }, '"kind" must be one of'],
    ['faults', { kind: 'latency' }, 'needs "ms"'],
    ['faults', { kind: 'hang', ms: 5 }, 'no field "ms"'],
    ['faults', { kind: 'throttle', seconds: 'soon' }, 'whole number'],
    ['switches', { listArchived: 'no' }, 'must be one of: true, false'],
    ['switches', { nothing: 1 }, 'unknown switch'],
    ['switches', { scope: 1 }, 'must be a string'],
    ['people', { person: { id: ana.sitePartner.id } }, 'already'],
    ['people', { person: { name: 'Ana' } }, 'no field "name"'],
    ['people', { person: {}, index: -1 }, '"index"'],
    ['people', '{', 'JSON object'],
  ])('answers 400 to bad input for %s: %j', async (path, body, message) => {
    const answer = await admin(path, path === 'switches' ? 'PATCH' : 'POST', body)
    expect(answer.status).toBe(400)
    expect(answer.json.error).toContain(message)
  })
})

describe('the whole', () => {
  test('reset brings the first people back, and the same new ids', async () => {
    const { people } = simulator.legacy
    const before = [...people.list()]
    const minted = people.insert({ email: 'x@example.com' }).user_id
    people.remove(ana.legacy.user_id)
    simulator.reset()
    expect(people.list()).toEqual(before)
    expect(people.insert({}).user_id).toBe(minted)
  })

  test('close ends with hung, held, late and kept-alive requests, each of them cut', async () => {
    const own = await startSimulator({ people: { legacy: 1, sitePartner: 1 } })
    const kept = await fetch(`${own.sitePartner.url}/`)
    await kept.text()
    own.legacy.faults.add({ kind: 'hang', path: '/hang' })
    own.legacy.faults.add({ kind: 'latency', path: '/late', ms: 600_000 })
    own.legacy.faults.add({ kind: 'trickle', path: '/slow', ms: 600_000 })
    own.legacy.faults.add({ kind: 'hold', path: '/hold' })
    const open = ['/hang', '/late', '/slow', '/hold'].map((path) => send(own.legacy.url, path))
    await own.legacy.faults.whenHeld()
    await vi.waitFor(() => expect(own.legacy.calls.pending()).toBe(4))
    const ends = Promise.allSettled(open)
    await own.close()
    expect((await ends).map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'))
    expect(own.legacy.calls.pending()).toBe(0)
  })

  test('a port in use is an error that leaves nothing running', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as AddressInfo
    await expect(startSimulator({ sitePartnerPort: port, people: { legacy: 1 } })).rejects.toThrow('EADDRINUSE')
    await new Promise((resolve) => blocker.close(resolve))
  })
})
