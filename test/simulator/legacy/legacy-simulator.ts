import { addAdminRoutes } from '../server/admin.ts'
import { Refusal } from '../server/answer.ts'
import type { Answer, Exchange } from '../server/answer.ts'
import { KNOWN_PEOPLE } from '../people/known-people.ts'
import {
  createLegacyDialect,
  fullRow,
  guideRow,
  invalid,
  legacyFailure,
  shownId,
  vendorCaller,
} from './legacy-answers.ts'
import { LEGACY_SWITCHES } from './legacy-switches.ts'
import type { LegacySwitches } from './legacy-switches.ts'
import { createLegacyPerson, putLegacyPerson } from './legacy-writes.ts'
import { createPeopleStore } from '../people/people-store.ts'
import { legacyRecords, numericLegacyId } from '../people/records.ts'
import type { LegacyPerson } from '../people/records.ts'
import { defaultSwitches } from '../server/switches.ts'
import type { UpstreamOptions, UpstreamSimulator } from '../server/upstream-simulator.ts'
import { createUpstreamServer } from '../server/upstream-server.ts'

export type LegacySimulator = UpstreamSimulator<LegacyPerson, LegacySwitches>

/** The one key pair there is; it belongs to `KNOWN_PEOPLE.ingrid`. */
export const LEGACY_KEYS = { applicationKey: 'simulated-application-key', userApiKey: 'simulated-user-key' } as const

const LARGEST_PAGE = 100

/** Starts the legacy upstream. */
export async function startLegacySimulator(options: UpstreamOptions<LegacyPerson>): Promise<LegacySimulator> {
  const { now } = options
  const switches = defaultSwitches(LEGACY_SWITCHES)
  const people = createPeopleStore(legacyRecords, options.people, now)
  const owner = legacyRecords().complete(KNOWN_PEOPLE.ingrid.legacy, () => '', new Date(0))

  /** The user behind the keys; no account, or one that is not active, makes them dead. */
  function authenticate({ headers, query }: Exchange): LegacyPerson {
    if (query.has('application_key') || query.has('user_api_key') || !hasKeys(headers, switches.auth)) {
      throw new Refusal(legacyFailure(401, 'Invalid credentials'))
    }
    const caller = people.get(owner.user_id)
    // A population too small to hold the owner has keys all the same; an owner who was deleted has none.
    if (caller === undefined && !people.everHeld(owner.user_id)) return owner
    if (caller?.status !== 'active') throw new Refusal(legacyFailure(401, 'Invalid credentials'))
    return caller
  }

  function authenticateWriter(exchange: Exchange, action: string): void {
    const caller = authenticate(exchange)
    if (caller.role === 'admin' && !switches.readOnlyKeys) return
    const message = `Permission Denied: User cannot perform ${action} on user`
    throw new Refusal(legacyFailure(switches.dialect === 'vendor' ? 401 : 403, message, 'Access Permission Denied'))
  }

  function personAt({ params }: Exchange): LegacyPerson {
    const id = params['user_id'] ?? ''
    const person = people.get(id) ?? people.list().find(({ user_id }) => String(numericLegacyId(user_id)) === id)
    if (person === undefined) throw new Refusal(legacyFailure(404, 'User not found'))
    return person
  }

  function listUsers(exchange: Exchange): Answer {
    const caller = authenticate(exchange)
    if (switches.dialect === 'vendor') {
      return { status: 200, body: { user: vendorCaller(caller, LEGACY_KEYS.userApiKey, switches) } }
    }
    const size = Math.min(wholeNumber(exchange, 'count', LARGEST_PAGE), LARGEST_PAGE)
    const asked = wholeNumber(exchange, 'page', 1)
    const all = people.list()
    const lastPage = Math.max(1, Math.ceil(all.length / size))
    let page = switches.ignorePage ? 1 : asked
    if (page > lastPage && switches.pastEnd === 'not-found') throw new Refusal(legacyFailure(404, 'Page not found'))
    if (page > lastPage && switches.pastEnd === 'last-page') page = lastPage
    const row = switches.rows === 'full' ? fullRow : guideRow
    const rows = all.slice((page - 1) * size, page * size).map((person) => row(person, switches))
    const users = switches.wrapped ? rows.map((user) => ({ user })) : rows
    const count = switches.count === 'page' ? rows.length : all.length
    return { status: 200, body: switches.omitUsers ? { count } : { users, count } }
  }

  function getUser(exchange: Exchange): Answer {
    authenticate(exchange)
    const row = switches.detail === 'full' ? fullRow : guideRow
    return { status: 200, body: { user: row(personAt(exchange), switches) } }
  }

  function getSelf(exchange: Exchange): Answer {
    const { user_id, email, role } = authenticate(exchange)
    if (switches.dialect === 'vendor') throw new Refusal(legacyFailure(404))
    return { status: 200, body: { user: { user_id: shownId(user_id, switches), email, role } } }
  }

  function createUser(exchange: Exchange): Answer {
    authenticateWriter(exchange, 'create')
    const person = createLegacyPerson(exchange.body, people, switches)
    return { status: switches.createdStatus, body: { user: guideRow(person, switches) } }
  }

  function putUser(exchange: Exchange): Answer {
    authenticateWriter(exchange, 'update')
    if (switches.dialect === 'vendor') throw methodNotAllowed('GET, POST, DELETE')
    const { user_id } = personAt(exchange)
    const echo = putLegacyPerson(user_id, exchange.body, people, switches)
    // Only what was sent comes back: whoever wants the whole record has to read it again.
    return { status: 200, body: { user: { user_id: shownId(user_id, switches), ...echo } } }
  }

  function deleteUser(exchange: Exchange): Answer {
    authenticateWriter(exchange, 'delete')
    people.remove(personAt(exchange).user_id)
    return { status: 200, body: { status: 'success', message: 'User deleted.' } }
  }

  function unrouted({ path }: Exchange): Answer {
    if (path === '/user') throw methodNotAllowed('GET, POST')
    if (/^\/user\/[^/]+$/.test(path)) throw methodNotAllowed('GET, PUT, DELETE')
    return legacyFailure(404)
  }

  const server = createUpstreamServer(
    [
      { method: 'GET', path: '/user', endpoint: listUsers },
      { method: 'GET', path: '/user/self', endpoint: getSelf },
      { method: 'GET', path: '/user/:user_id', endpoint: getUser },
      { method: 'POST', path: '/user', endpoint: createUser },
      { method: 'PUT', path: '/user/:user_id', endpoint: putUser },
      { method: 'DELETE', path: '/user/:user_id', endpoint: deleteUser },
    ],
    unrouted,
    createLegacyDialect(now),
  )
  const simulator: LegacySimulator = {
    url: '',
    people,
    switches,
    faults: server.faults,
    calls: server.calls,
    reset() {
      server.faults.clear()
      people.reset()
      Object.assign(switches, defaultSwitches(LEGACY_SWITCHES))
      server.calls.reset()
    },
    close: server.close,
  }
  addAdminRoutes(server.app, { simulator, switchTable: LEGACY_SWITCHES, example: owner, actions: {} })
  simulator.url = await server.listen(options.port)
  return simulator
}

function hasKeys(headers: Exchange['headers'], auth: LegacySwitches['auth']): boolean {
  const { applicationKey, userApiKey } = LEGACY_KEYS
  const inHeaders = headers['x-application-key'] === applicationKey && headers['x-user-api-key'] === userApiKey
  const basic = `Basic ${Buffer.from(`${applicationKey}:${userApiKey}`).toString('base64')}`
  return (auth !== 'basic' && inHeaders) || (auth !== 'headers' && headers.authorization === basic)
}

function methodNotAllowed(allow: string): Refusal {
  return new Refusal({ ...legacyFailure(405), headers: { allow } })
}

function wholeNumber({ query }: Exchange, name: string, fallback: number): number {
  const value = query.get(name)
  if (value === null) return fallback
  if (!/^\d{1,9}$/.test(value) || Number(value) < 1) throw invalid(`Invalid ${name}`, [name])
  return Number(value)
}
