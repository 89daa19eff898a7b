import type { LegacyAuth, LegacyConfig } from '../config.ts'
import { dualKeys } from '../http/auth.ts'
import { withPolicies, type HttpTransport } from '../http/transport.ts'
import { MAX_PAGE_SIZE } from '../identity/account-source.ts'
import { checkUser, type LegacyUserResponse } from '../sources/legacy/wire.ts'
import { failedCall, type EndpointSettings } from './advice.ts'
import { counted, fail, ok, skip, warn, type Finding, type Verdict } from './findings.ts'
import { judgeCount, judgeDetail, judgePaging, judgeRows, type SecondPage } from './legacy-judgments.ts'
import { readListing, type Listing } from './legacy-listing.ts'
import { signIn } from './legacy-sign-in.ts'
import { probe, type Api, type Outcome } from './probe.ts'

const NO_RIGHT = 'The keys themselves are good: give the user behind them the right to read users.'
const LIST_SETTINGS: EndpointSettings = { url: 'LEGACY_API_URL', unauthorized: NO_RIGHT, forbidden: NO_RIGHT }

/** The checks of the Partnerize user API, one after the other. */
export async function checkLegacy(
  config: LegacyConfig,
  transport: HttpTransport,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const apiFor = (auth: LegacyAuth): Api => ({
    upstream: 'LEGACY',
    send: withPolicies(transport, dualKeys(auth, config.applicationKey, config.userApiKey)),
    signal,
  })
  const { verdict, api } = await signIn(config.auth, apiFor)
  return [
    row('settings', ok(`${config.url}, keys sent as ${config.auth}.`)),
    row('sign-in', verdict),
    ...(api ? await checkList(api) : [row('list', skip('Not asked, since nobody could sign in.'))]),
  ]
}

async function checkList(api: Api): Promise<readonly Finding[]> {
  const first = await readPage(api, 1)
  if (!first.ok) return [row('list', failedCall(first.fault, LIST_SETTINGS))]
  const listing = first.body
  if (listing.kind === 'caller') {
    return [
      row(
        'list',
        fail(
          'Vendor dialect: GET /user answers with the caller, not with a list.',
          'This subgraph cannot list people here: ask the vendor for the user API with a list.',
        ),
      ),
    ]
  }
  const { rows, count } = listing
  const [someone] = rows
  if (!someone) {
    const advice = 'At least the user behind the keys should be listed: check which account the keys belong to.'
    return [row('list', warn('Guide dialect: GET /user gives a list, but nobody is in it.', advice))]
  }
  const ids = rows.map(idOf)
  const second = toSecondPage(await readPage(api, 2))
  return [
    row('list', ok(`Guide dialect: GET /user gives a list, ${counted(rows.length, 'user')} on its first page.`)),
    row('paging', judgePaging(ids, second, LIST_SETTINGS)),
    row('count', judgeCount(count, ids, second)),
    row('list rows', judgeRows(rows)),
    row('single user', await checkDetail(api, idOf(someone))),
  ]
}

async function checkDetail(api: Api, id: string): Promise<Verdict> {
  const path = `/user/${encodeURIComponent(id)}`
  const detail = await probe(api, { method: 'GET', path }, (body) => checkUser(body).user)
  if (detail.ok) return judgeDetail(detail.body, id)
  if (detail.fault.status === 404) {
    return fail(
      'GET /user/{id} is 404 for a user of the list.',
      'The subgraph would take listed people for gone: ask the vendor for the right to read single users.',
    )
  }
  return failedCall(detail.fault, LIST_SETTINGS)
}

async function readPage(api: Api, page: number): Promise<Outcome<Listing>> {
  return probe(api, { method: 'GET', path: `/user?page=${page}&count=${MAX_PAGE_SIZE}` }, readListing)
}

function toSecondPage(outcome: Outcome<Listing>): SecondPage {
  if (!outcome.ok) return outcome.fault.status === 404 ? { kind: 'missing' } : { kind: 'fault', fault: outcome.fault }
  return { kind: 'rows', ids: outcome.body.kind === 'list' ? outcome.body.rows.map(idOf) : [] }
}

function idOf(user: LegacyUserResponse): string {
  return String(user.user_id)
}

function row(check: string, verdict: Verdict): Finding {
  return { source: 'LEGACY', check, ...verdict }
}
