import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { KNOWN_PARTNERS, KNOWN_PEOPLE, startSimulator } from '../simulator.ts'
import type { Simulator } from '../simulator.ts'
import { createWireClient, USERS } from '../wire-client.ts'
import type { WireClient } from '../wire-client.ts'

const { ana, ben, dmitri } = KNOWN_PEOPLE

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

describe('site partner', () => {
  test('gives tokens for JSON and forms, and the usual refusals', async () => {
    const form = new URLSearchParams(client.credentials()).toString()
    const granted = await client.askToken(form, { 'content-type': 'application/x-www-form-urlencoded' })
    expect(granted.json).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 })
    const refusals: [Record<string, string>, number][] = [
      [{ client_secret: 'wrong' }, 401],
      [{ audience: 'https://site-partner.example/api/' }, 403],
      [{ grant_type: 'password' }, 403],
    ]
    for (const [changes, status] of refusals) {
      const refused = await client.askToken(client.credentials(changes))
      expect(refused.status).toBe(status)
      expect(Object.keys(refused.json)).toEqual(['error', 'error_description'])
    }
  })

  test('tokens die by the clock, all at once, and with a reset; scopes count', async () => {
    const first = await client.token()
    expect((await client.sitePartner(USERS, {}, first)).status).toBe(200)
    clock = new Date(clock.getTime() + 86_400_000)
    const expired = await client.sitePartner(USERS, {}, first)
    expect(expired).toMatchObject({ status: 401, json: { message: 'Unauthorized' } })
    expect(expired.headers['www-authenticate']).toContain('invalid_token')
    const second = await client.token()
    simulator.sitePartner.expireTokens()
    expect((await client.sitePartner(USERS, {}, second)).status).toBe(401)
    const third = await client.token()
    simulator.reset()
    expect((await client.sitePartner(USERS, {}, third)).status).toBe(401)
    simulator.sitePartner.switches.scope = 'read:site-partner-users'
    const archive = `${USERS}/${ana.sitePartner.id}/archive`
    expect(await client.sitePartner(archive, { method: 'POST' })).toMatchObject({
      status: 403,
      json: { message: 'Forbidden' },
    })
  })

  test('pages by cursor with an exact hasMore and a limit in words', async () => {
    const seen: string[] = []
    let query = 'limit=65'
    for (let more = true; more;) {
      const { data } = (await client.sitePartner(`${USERS}?${query}`)).json
      seen.push(...data.items.map(({ id }: { id: string }) => id))
      query = `limit=65&startingAfter=${seen.at(-1)}`
      more = data.hasMore
    }
    expect(seen).toEqual(simulator.sitePartner.people.list().map(({ id }) => id))
    expect(simulator.sitePartner.calls.count(`GET ${USERS}`)).toBe(2)
    expect((await client.sitePartner(USERS)).json.data.items).toHaveLength(20)
    for (const limit of ['101', '-1', '1e2', '', '100.0']) {
      expect((await client.sitePartner(`${USERS}?limit=${limit}`)).status).toBe(400)
    }
    for (const limit of ['0', '00', '05', '100']) {
      expect((await client.sitePartner(`${USERS}?limit=${limit}`)).json.data.items).toHaveLength(Number(limit))
    }
  })

  test('can mislead about its pages', async () => {
    const { switches } = simulator.sitePartner
    const listing = `${USERS}?limit=2&startingAfter=nobody`
    expect((await client.sitePartner(listing)).status).toBe(400)
    switches.unknownCursor = 'not-found'
    expect((await client.sitePartner(listing)).status).toBe(404)
    switches.unknownCursor = 'empty'
    expect((await client.sitePartner(listing)).json.data).toEqual({ hasMore: false, items: [] })
    switches.unknownCursor = 'first-page'
    expect((await client.sitePartner(listing)).json.data.items[0].id).toBe(ana.sitePartner.id)
    switches.cursorStuck = true
    const stuck = (await client.sitePartner(`${USERS}?limit=2&startingAfter=${ben.sitePartner.id}`)).json.data
    expect([stuck.hasMore, stuck.items[1].id]).toEqual([true, ben.sitePartner.id])
    switches.hasMoreWithoutItems = true
    expect((await client.sitePartner(USERS)).json.data).toEqual({ hasMore: true, items: [] })
    switches.omitItems = true
    expect((await client.sitePartner(USERS)).json.data).toEqual({ hasMore: true })
  })

  test('has no get-by-id', async () => {
    const answer = await client.sitePartner(`${USERS}/${ana.sitePartner.id}`)
    expect(answer).toMatchObject({ status: 404, json: { message: 'Not Found' } })
    expect(simulator.sitePartner.calls.count('unknown')).toBe(1)
  })

  test('creates, patches and archives; archive has an empty body', async () => {
    const body = { email: 'new.person@example.com', partner: KNOWN_PARTNERS.lakesideMall.id, firstName: 'New' }
    const { data } = (await client.sitePartner(USERS, { method: 'POST', body })).json
    expect(data).toMatchObject({ email: body.email, partner: { id: body.partner }, lastName: null, isArchived: false })
    const path = `${USERS}/${data.id}`
    for (const bad of [
      { ...body, email: null },
      { email: 'other@example.com' },
      { ...body, partner: 'sp_none' },
      '{',
    ]) {
      expect((await client.sitePartner(USERS, { method: 'POST', body: bad })).status).toBe(400)
    }
    expect((await client.sitePartner(USERS, { method: 'POST', body })).status).toBe(409)
    clock = new Date('2026-01-05T10:00:00.500Z')
    const patched = await client.sitePartner(path, { method: 'PATCH', body: { lastName: 'Person' } })
    expect(patched.json.data).toMatchObject({ firstName: 'New', lastName: 'Person', updatedAt: '2026-01-05T10:00:00Z' })
    expect((await client.sitePartner(path, { method: 'PATCH', body: { email: null } })).status).toBe(400)
    const archived = await client.sitePartner(`${path}/archive`, { method: 'POST' })
    expect(archived).toMatchObject({ status: 200, text: '' })
    expect(simulator.sitePartner.people.get(data.id)).toMatchObject({
      isArchived: true,
      email: null,
      lastName: 'Person',
    })
    simulator.sitePartner.switches.archiveStatus = 204
    expect((await client.sitePartner(`${path}/archive`, { method: 'POST' })).status).toBe(204)
    expect((await client.sitePartner(path, { method: 'PATCH', body: { lastName: 'X' } })).status).toBe(409)
    expect((await client.sitePartner(`${USERS}/spu_none/archive`, { method: 'POST' })).status).toBe(404)
  })

  test('hides archived people and other networks when told to, and lists site partners', async () => {
    const { people, switches } = simulator.sitePartner
    people.insert({ id: 'spu_elsewhere', network: { id: 'net_other' } }, 0)
    switches.listArchived = false
    const { items } = (await client.sitePartner(`${USERS}?limit=100`)).json.data
    expect(items[0].id).toBe(ana.sitePartner.id)
    expect(items.map(({ id }: { id: string }) => id)).not.toContain(dmitri.sitePartner.id)
    expect((await client.sitePartner(`${USERS}/spu_elsewhere/archive`, { method: 'POST' })).status).toBe(404)
    const partners = (await client.sitePartner('/asset-management/v1/site-partners?limit=2')).json.data
    expect(partners).toMatchObject({ hasMore: true, items: [{ type: 'siteHost', siteHost: {} }, {}] })
  })
})
