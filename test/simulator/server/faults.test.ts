import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { KNOWN_PEOPLE, startSimulator } from '../simulator.ts'
import type { Fault, Simulator } from '../simulator.ts'
import { createWireClient, USERS } from '../wire-client.ts'
import type { Reply, WireClient } from '../wire-client.ts'

const { ana, ben } = KNOWN_PEOPLE

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

describe('faults', () => {
  const add = (fault: Fault): void => simulator.legacy.faults.add(fault)
  const self = (): Promise<Reply> => client.legacy('/user/self')

  test('meet only what they select, let some by, and end', async () => {
    add({ kind: 'status', status: 503, endpoint: 'GET /user/self', skip: 1, times: 2 })
    add({ kind: 'status', status: 500, path: '/user/nobody' })
    const statuses: number[] = []
    for (let call = 0; call < 4; call += 1) statuses.push((await self()).status)
    expect(statuses).toEqual([200, 503, 503, 200])
    expect((await client.legacy('/user/nobody')).json).toEqual({
      error: { message: 'Internal Server Error', type: '500' },
    })
    simulator.legacy.faults.clear()
    expect((await client.legacy('/user/nobody')).status).toBe(404)
  })

  test('status: each upstream in its own words, or the words given', async () => {
    simulator.sitePartner.faults.add({ kind: 'status', status: 500 })
    expect((await client.askToken(client.credentials())).json).toHaveProperty('error_description')
    expect((await client.sitePartner(USERS, {}, 'any')).json).toEqual({ message: 'Internal Server Error' })
    add({ kind: 'status', status: 502, body: '<html>', contentType: 'text/html', headers: { via: 'proxy' } })
    const answer = await self()
    expect(answer).toMatchObject({
      status: 502,
      text: '<html>',
      headers: { 'content-type': 'text/html', via: 'proxy' },
    })
  })

  test('throttle: with no, vendor or standard headers', async () => {
    for (const headers of ['none', 'vendor', 'retry-after', 'retry-after-date'] as const) {
      add({ kind: 'throttle', headers, seconds: 7, times: 1 })
    }
    const answers = [await self(), await self(), await self(), await self()]
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429, 429])
    expect(answers.map((answer) => answer.headers['x-ratelimit-retry-after'])).toEqual([
      undefined,
      '7',
      undefined,
      undefined,
    ])
    const dates = answers.map((answer) => answer.headers['retry-after'])
    expect(dates).toEqual([undefined, undefined, '7', 'Mon, 05 Jan 2026 09:00:07 GMT'])
  })

  test('bodies: not JSON, wrong type, unknown fields, huge, slow, elsewhere', async () => {
    add({ kind: 'not-json', times: 1 })
    const page = await self()
    expect(page.headers['content-type']).toContain('application/json')
    expect(page.text).toContain(ana.legacy.email)
    add({ kind: 'wrong-content-type', times: 1 })
    expect(await self()).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
    add({ kind: 'unknown-fields', times: 1 })
    expect((await self()).json).toMatchObject({ x_unknown: 'new', user: { role: 'admin', x_nested: {} } })
    add({ kind: 'huge', bytes: 300_000, times: 1 })
    add({ kind: 'huge', bytes: 300_000, chunked: true, times: 1 })
    const [counted, chunked] = [await self(), await self()]
    expect([counted.text.length, chunked.text.length]).toEqual([300_000, 300_000])
    expect(chunked.headers['content-length']).toBeUndefined()
    add({ kind: 'trickle', ms: 1, bytes: 5, times: 1 })
    expect((await self()).json.user.role).toBe('admin')
    add({ kind: 'redirect', location: 'https://elsewhere.example/', times: 1 })
    expect(await self()).toMatchObject({ status: 307, headers: { location: 'https://elsewhere.example/' } })
  })

  test('connections: truncated, dropped before, dropped after the work', async () => {
    const deletion = { method: 'DELETE' }
    const path = `/user/${ben.legacy.user_id}`
    add({ kind: 'truncate', times: 1 })
    await expect(self()).rejects.toThrow()
    add({ kind: 'drop', times: 1 })
    await expect(client.legacy(path, deletion)).rejects.toThrow()
    expect(simulator.legacy.people.get(ben.legacy.user_id)).toBeDefined()
    add({ kind: 'drop-after', times: 1 })
    await expect(client.legacy(path, deletion)).rejects.toThrow()
    expect(simulator.legacy.people.get(ben.legacy.user_id)).toBeUndefined()
    expect(simulator.legacy.calls.log().map(({ status }) => status)).toEqual([200, undefined, undefined])
  })

  test('hold: before the work or after it, until released', async () => {
    const { faults, people, calls } = simulator.legacy
    const path = `/user/${ana.legacy.user_id}`
    add({ kind: 'hold', endpoint: 'GET /user/{user_id}', after: true })
    add({ kind: 'latency', ms: 1 })
    const held = client.legacy(path)
    await faults.whenHeld()
    expect([faults.held(), calls.pending()]).toEqual([1, 1])
    people.update(ana.legacy.user_id, { firstname: 'Anna' })
    faults.release()
    expect((await held).json.user.firstname).toBe('Ana')
    expect((await client.legacy(path)).json.user.firstname).toBe('Anna')
    await vi.waitFor(() => expect(calls.pending()).toBe(0))
  })
})
