import type { SitePartnerConfig } from '../config.ts'
import { tokenRequest, tokenResponseCheck } from '../http/token-endpoint.ts'
import type { HttpTransport } from '../http/transport.ts'
import { MAX_PAGE_SIZE } from '../identity/account-source.ts'
import { checkUserList, type SitePartnerUserListResponse } from '../sources/site-partner/wire.ts'
import { failedCall, type EndpointSettings } from './advice.ts'
import { counted, fail, ok, skip, warn, type Finding, type Verdict } from './findings.ts'
import { probe } from './probe.ts'
import { describeToken } from './token-answer.ts'

const checkToken = tokenResponseCheck('SITE_PARTNER')

const LIST_PATH = `/asset-management/v1/site-partner-users?limit=${MAX_PAGE_SIZE}`

const TOKEN_SETTINGS: EndpointSettings = {
  url: 'SITE_PARTNER_TOKEN_URL',
  unauthorized: 'Check SITE_PARTNER_CLIENT_ID and SITE_PARTNER_CLIENT_SECRET.',
  forbidden:
    'Check SITE_PARTNER_AUDIENCE: it is compared letter by letter, a slash at the end included. If it is right, ' +
    'the client has no grant for it (or SITE_PARTNER_CLIENT_ID is another client): ask Lynkwell.',
}

const LIST_SETTINGS: EndpointSettings = {
  url: 'SITE_PARTNER_API_URL',
  unauthorized:
    'A fresh token is refused: SITE_PARTNER_API_URL, SITE_PARTNER_TOKEN_URL and SITE_PARTNER_AUDIENCE must belong to ' +
    'one environment.',
  forbidden:
    'The token is good, but has no right to list: ask Lynkwell to let this API client read site partner users.',
}

/** The two transports: one for the API, one whose base URL is the token endpoint. */
export interface SitePartnerTransports {
  readonly api: HttpTransport
  readonly token: HttpTransport
}

/** The checks of Lynkwell's site partner users: a token, then one page with it. */
export async function checkSitePartner(
  config: SitePartnerConfig,
  transports: SitePartnerTransports,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const settings = row('settings', ok(`${config.url}, tokens from ${config.tokenUrl}.`))
  const tokenEndpoint = { upstream: 'SITE_PARTNER', send: transports.token, signal } as const
  const token = await probe(tokenEndpoint, { method: 'POST', path: '', json: tokenRequest(config) }, checkToken)
  if (!token.ok) {
    const list = row('list', skip('Not asked, since there is no token.'))
    return [settings, row('token', failedCall(token.fault, TOKEN_SETTINGS)), list]
  }
  const headers = { authorization: `Bearer ${token.body.access_token}` }
  const api = { upstream: 'SITE_PARTNER', send: transports.api, signal } as const
  const list = await probe(api, { method: 'GET', path: LIST_PATH, headers }, (body) => checkUserList(body).data)
  return [
    settings,
    row('token', describeToken(token.body)),
    ...(list.ok ? judgeList(list.body) : [row('list', failedCall(list.fault, LIST_SETTINGS))]),
  ]
}

function judgeList(data: SitePartnerUserListResponse['data']): readonly Finding[] {
  const page = row('list', judgePage(data))
  return data.items.length === 0 ? [page] : [page, row('archived', judgeArchived(data))]
}

function judgePage({ items, hasMore }: SitePartnerUserListResponse['data']): Verdict {
  if (items.length === 0 && hasMore) {
    return fail(
      'The list promises more behind a page without users.',
      'There is no place to go on from, and the subgraph refuses such a page: ask Lynkwell.',
    )
  }
  if (items.length === 0) {
    return warn('The list has no users.', 'Check that the API client belongs to the network whose users you expect.')
  }
  const seen = `${counted(items.length, 'user')} on the first page, hasMore is ${hasMore}.`
  if (items.length > MAX_PAGE_SIZE) {
    return warn(
      `${seen} ${MAX_PAGE_SIZE} were asked for.`,
      'The API pays no heed to limit; pages may be slow and large.',
    )
  }
  return ok(seen)
}

/** A user who leaves is told from one who is archived only if the list holds those. */
function judgeArchived({ items, hasMore }: SitePartnerUserListResponse['data']): Verdict {
  const unmarked = items.filter(({ isArchived }) => isArchived === undefined).length
  if (unmarked > 0) {
    return warn(`${counted(unmarked, 'row')} without isArchived.`, 'Their status is UNKNOWN; ask Lynkwell.')
  }
  const archived = items.filter(({ isArchived }) => isArchived).length
  if (archived > 0) return ok(`Archived users are listed: ${archived} of ${items.length} on this page.`)
  const scope = hasMore ? 'on this page' : 'in the list'
  return ok(`No archived user ${scope}: there are none, or the list leaves them out.`)
}

function row(check: string, verdict: Verdict): Finding {
  return { source: 'SITE_PARTNER', check, ...verdict }
}
