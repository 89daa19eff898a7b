import { addAdminRoutes } from '../server/admin.ts'
import { jsonObject, looksLikeEmail, sameEmail } from '../server/answer.ts'
import type { Answer, Exchange } from '../server/answer.ts'
import { KNOWN_PARTNERS } from '../people/known-people.ts'
import { createPeopleStore } from '../people/people-store.ts'
import { sitePartnerRecords } from '../people/records.ts'
import type { SitePartnerPerson } from '../people/records.ts'
import { createSitePartnerDialect, gatewayFailure, listPage, shownPartners, shownUser } from './site-partner-answers.ts'
import { SITE_PARTNER_SWITCHES } from './site-partner-switches.ts'
import type { SitePartnerSwitches } from './site-partner-switches.ts'
import { defaultSwitches } from '../server/switches.ts'
import { createTokenEndpoint } from './token-endpoint.ts'
import type { UpstreamOptions, UpstreamSimulator } from '../server/upstream-simulator.ts'
import { createUpstreamServer } from '../server/upstream-server.ts'

export interface SitePartnerSimulator extends UpstreamSimulator<SitePartnerPerson, SitePartnerSwitches> {
  /** No token issued so far is good any more. */
  expireTokens(): void
}

const USERS = '/asset-management/v1/site-partner-users'

/** Starts the site partner upstream and, on the same port, the token endpoint of its identity platform. */
export async function startSitePartnerSimulator(
  options: UpstreamOptions<SitePartnerPerson>,
): Promise<SitePartnerSimulator> {
  const { now } = options
  const switches = defaultSwitches(SITE_PARTNER_SWITCHES)
  const tokens = createTokenEndpoint(switches, now)
  const newKind = () => sitePartnerRecords(KNOWN_PARTNERS.harbourGarage.id)
  const people = createPeopleStore(newKind, options.people, now)

  const inNetwork = (person: SitePartnerPerson): boolean => person.network.id === switches.networkId

  function personAt({ params }: Exchange): SitePartnerPerson {
    const person = people.get(params['id'] ?? '')
    if (person === undefined || !inNetwork(person)) throw gatewayFailure(404)
    return person
  }

  function checkEmail(email: string, ownId?: string): void {
    if (!looksLikeEmail(email)) throw gatewayFailure(400, 'Invalid email')
    if (switches.duplicateStatus === 'allow') return
    const taken = people.list().some((other) => sameEmail(other.email, email) && other.id !== ownId && inNetwork(other))
    // It quotes the address, as vendors do: what a client logs or shows of an upstream's message is worth a test.
    if (taken) throw gatewayFailure(switches.duplicateStatus, `A user with the email ${email} already exists`)
  }

  function listUsers(exchange: Exchange): Answer {
    tokens.authorize(exchange, 'read:site-partner-users')
    const visible = (person: SitePartnerPerson): boolean =>
      inNetwork(person) && (switches.listArchived || !person.isArchived)
    return listPage(people.list(), exchange, switches, visible, (person) => shownUser(person, switches))
  }

  function listPartners(exchange: Exchange): Answer {
    tokens.authorize(exchange, 'read:site-partners')
    return listPage(
      shownPartners,
      exchange,
      switches,
      () => true,
      (partner) => partner,
    )
  }

  function createUser(exchange: Exchange): Answer {
    tokens.authorize(exchange, 'create:site-partner-users')
    const body = bodyOf(exchange)
    const email = textField(body, 'email')
    const partner = textField(body, 'partner')
    if (email === undefined) throw gatewayFailure(400, 'email is required')
    if (partner === undefined) throw gatewayFailure(400, 'partner is required')
    const isKnown = shownPartners.some(({ id }) => id === partner)
    if (!isKnown && switches.unknownPartnerStatus !== 'allow') {
      throw gatewayFailure(switches.unknownPartnerStatus, 'Unknown partner')
    }
    checkEmail(email)
    const person = people.insert({
      ...namesIn(body),
      email,
      partner: { id: partner },
      network: { id: switches.networkId },
    })
    return { status: switches.createStatus, body: { data: shownUser(person, switches) } }
  }

  function updateUser(exchange: Exchange): Answer {
    tokens.authorize(exchange, 'update:site-partner-users')
    const { id, isArchived } = personAt(exchange)
    if (isArchived) throw gatewayFailure(409, 'The user is archived')
    const body = bodyOf(exchange)
    const email = textField(body, 'email')
    if (email !== undefined) checkEmail(email, id)
    people.update(id, { ...namesIn(body), ...(email !== undefined && { email }) })
    return { status: 200, body: { data: shownUser(personAt(exchange), switches) } }
  }

  function archiveUser(exchange: Exchange): Answer {
    tokens.authorize(exchange, 'archive:site-partner-users')
    const { id, isArchived } = personAt(exchange)
    if (!isArchived) {
      const names = switches.archiveWipesNames ? { firstName: null, lastName: null } : {}
      people.update(id, { ...names, isArchived: true, email: null })
    }
    return { status: switches.archiveStatus }
  }

  const server = createUpstreamServer(
    [
      { method: 'POST', path: '/oauth/token', endpoint: tokens.issue },
      { method: 'GET', path: USERS, endpoint: listUsers },
      { method: 'POST', path: USERS, endpoint: createUser },
      { method: 'PATCH', path: `${USERS}/:id`, endpoint: updateUser },
      { method: 'POST', path: `${USERS}/:id/archive`, endpoint: archiveUser },
      { method: 'GET', path: '/asset-management/v1/site-partners', endpoint: listPartners },
    ],
    // A GET of one user ends here too: there is no such call.
    () => gatewayFailure(404).answer,
    createSitePartnerDialect(now),
  )
  const simulator: SitePartnerSimulator = {
    url: '',
    people,
    switches,
    faults: server.faults,
    calls: server.calls,
    expireTokens: tokens.expireAll,
    reset() {
      server.faults.clear()
      people.reset()
      Object.assign(switches, defaultSwitches(SITE_PARTNER_SWITCHES))
      tokens.expireAll()
      server.calls.reset()
    },
    close: server.close,
  }
  const example = newKind().complete({}, () => '', now())
  const actions = { 'expire-tokens': tokens.expireAll }
  addAdminRoutes(server.app, { simulator, switchTable: SITE_PARTNER_SWITCHES, example, actions })
  simulator.url = await server.listen(options.port)
  return simulator
}

function bodyOf({ body }: Exchange): Record<string, unknown> {
  const fields = jsonObject(body)
  if (fields === undefined) throw gatewayFailure(400, 'The body must be a JSON object')
  return fields
}

/** A field that is text or absent; null is neither. */
function textField(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name]
  if (value !== undefined && typeof value !== 'string') throw gatewayFailure(400, `${name} must be a string`)
  return value
}

function namesIn(body: Record<string, unknown>): Partial<SitePartnerPerson> {
  const firstName = textField(body, 'firstName')
  const lastName = textField(body, 'lastName')
  return { ...(firstName !== undefined && { firstName }), ...(lastName !== undefined && { lastName }) }
}
