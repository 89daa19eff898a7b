import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { KNOWN_PEOPLE, startSimulator } from '../simulator.ts'
import type { Simulator } from '../simulator.ts'
import { createWireClient, send } from '../wire-client.ts'
import type { WireClient } from '../wire-client.ts'

const { ana, ben, chiara, ingrid } = KNOWN_PEOPLE

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

describe('legacy', () => {
  test('takes keys in headers or as Basic, never in the query, and only while their owner is active', async () => {
    const { url, switches, people } = simulator.legacy
    const { LEGACY_APPLICATION_KEY: app, LEGACY_USER_API_KEY: user } = simulator.environment
    const basic = { authorization: `Basic ${Buffer.from(`${app}:${user}`).toString('base64')}` }
    expect((await client.legacy('/user/self')).json).toEqual({
      user: { user_id: ingrid.legacy.user_id, email: ingrid.legacy.email, role: 'admin' },
    })
    expect((await send(url, '/user/self', { headers: basic })).status).toBe(200)
    switches.auth = 'headers'
    expect((await send(url, '/user/self', { headers: basic })).status).toBe(401)
    const inQuery = await client.legacy(`/user?application_key=${app}&user_api_key=${user}`)
    expect(inQuery.json.error).toMatchObject({ type: '401' })
    expect(JSON.stringify(simulator.legacy.calls.log())).not.toContain(app)
    people.update(ingrid.legacy.user_id, { status: 'inactive' })
    expect((await client.legacy('/user/self')).status).toBe(401)
  })

  test('pages by number, at most 100 rows, and says little past the end', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map((page) => client.legacy(`/user?page=${page}&count=500`)))
    expect(pages.map(({ json }) => json.count)).toEqual([100, 100, 50, 0])
    expect(pages[0]?.json.users[0]).toMatchObject({ user_id: ana.legacy.user_id, phone: null, role: 'standard' })
    expect(pages[0]?.text).not.toContain('password')
    for (const bad of ['page=0', 'page=x', 'page=1.5', 'count=0', 'page=-1']) {
      expect((await client.legacy(`/user?${bad}`)).status).toBe(400)
    }
    Object.assign(simulator.legacy.switches, { pastEnd: 'last-page', rows: 'guide', wrapped: true, count: 'total' })
    const repeated = (await client.legacy('/user?page=9')).json
    expect(repeated).toMatchObject({ count: 250 })
    expect(Object.keys(repeated.users[0].user)).toEqual(['user_id', 'firstname', 'lastname', 'email', 'status'])
    simulator.legacy.switches.pastEnd = 'not-found'
    expect((await client.legacy('/user?page=9')).status).toBe(404)
    simulator.legacy.switches.omitUsers = true
    expect((await client.legacy('/user')).json).toEqual({ count: 250 })
  })

  test('PUT resets what was left out, even the status, and echoes only what was sent', async () => {
    const path = `/user/${ben.legacy.user_id}`
    const answer = await client.legacy(path, { method: 'PUT', body: { lastname: 'Okafor-Hale', user_id: 'other' } })
    expect(answer.json).toEqual({ user: { user_id: ben.legacy.user_id, lastname: 'Okafor-Hale' } })
    expect((await client.legacy(path)).json.user).toMatchObject({
      firstname: null,
      lastname: 'Okafor-Hale',
      timezone: null,
      role: 'standard',
      status: 'active',
      email: ben.legacy.email,
      updated_at: '2026-01-05T09:00:00Z',
    })
    expect(simulator.legacy.people.get(ben.legacy.user_id)?.password).toBe(ben.legacy.password)
    simulator.legacy.switches.put = 'merge'
    await client.legacy(path, { method: 'PUT', body: { status: 'inactive' } })
    expect((await client.legacy(path)).json.user).toMatchObject({ lastname: 'Okafor-Hale', status: 'inactive' })
    simulator.legacy.switches.put = 'reject-missing'
    expect((await client.legacy(path, { method: 'PUT', body: { status: 'active' } })).status).toBe(400)
  })

  test('creates, refuses bad and taken input, deletes, and never gives an id twice', async () => {
    const body = { firstname: 'New', lastname: 'Person', email: 'new.person@example.com', password: 'long enough' }
    const made = await client.legacy('/user', { method: 'POST', body })
    expect(made).toMatchObject({ status: 200, json: { user: { email: body.email, status: 'active' } } })
    const path = `/user/${made.json.user.user_id}`
    const taken = { ...body, email: 'NEW.Person@example.com' }
    for (const bad of [
      taken,
      { ...body, email: 'x' },
      { ...body, password: 'short' },
      { email: body.email },
      '[',
      '[]',
    ]) {
      expect((await client.legacy('/user', { method: 'POST', body: bad })).status).toBe(400)
    }
    simulator.legacy.switches.duplicateStatus = 409
    expect((await client.legacy('/user', { method: 'POST', body: taken })).status).toBe(409)
    expect((await client.legacy(path, { method: 'DELETE' })).json).toEqual({
      status: 'success',
      message: 'User deleted.',
    })
    expect((await client.legacy(path, { method: 'DELETE' })).status).toBe(404)
    Object.assign(simulator.legacy.switches, { createdStatus: 201, createFields: 'required' })
    const again = await client.legacy('/user', { method: 'POST', body: { ...body, role: 'admin' } })
    expect(again.status).toBe(201)
    expect(simulator.legacy.people.list().at(-1)).toMatchObject({ email: body.email, role: 'standard' })
    expect(again.json.user.user_id).not.toBe(made.json.user.user_id)
  })

  test('has the other dialect, number ids, vendor times and read-only keys', async () => {
    const { switches } = simulator.legacy
    Object.assign(switches, { numericIds: true, timestamps: 'vendor', readOnlyKeys: true })
    const { user } = (await client.legacy('/user/110116834')).json
    expect(user).toMatchObject({ user_id: 110_116_834, status: chiara.legacy.status })
    expect(user.created_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    expect((await client.legacy('/user/110116834', { method: 'DELETE' })).status).toBe(403)
    Object.assign(switches, { dialect: 'vendor', readOnlyKeys: false })
    expect((await client.legacy('/user')).json.user).toMatchObject({ email_address: ingrid.legacy.email })
    expect((await client.legacy('/user/self')).status).toBe(404)
    expect((await client.legacy('/user/110116834', { method: 'PUT', body: {} })).status).toBe(405)
  })
})
