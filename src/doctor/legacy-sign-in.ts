import type { LegacyAuth } from '../config.ts'
import { checkUser } from '../sources/legacy/wire.ts'
import { endsAll, failedCall, isRefusal, type EndpointSettings } from './advice.ts'
import { fail, ok, plainWord, warn, type Verdict } from './findings.ts'
import { readListing } from './legacy-listing.ts'
import { probe, type Api, type CallFault } from './probe.ts'

const BAD_KEYS =
  'Check LEGACY_APPLICATION_KEY and LEGACY_USER_API_KEY, and that the user they belong to is active: keys die with it.'
const SETTINGS: EndpointSettings = { url: 'LEGACY_API_URL', unauthorized: BAD_KEYS, forbidden: BAD_KEYS }

/** What the API says about the caller. */
type Caller =
  | { readonly kind: 'self'; readonly role: string | null | undefined }
  /** No /user/self, and GET /user answers with the caller: the vendor's dialect; or with a list. */
  | { readonly kind: 'vendor' }
  | { readonly kind: 'list-only' }
  | { readonly kind: 'fault'; readonly fault: CallFault }

export interface SignIn {
  readonly verdict: Verdict
  /** What further calls go through; undefined when they would all fail like this one. */
  readonly api: Api | undefined
}

/** Asks who we are in the configured way; when that is refused, in the other. What works is used from then on. */
export async function signIn(configured: LegacyAuth, apiFor: (auth: LegacyAuth) => Api): Promise<SignIn> {
  const api = apiFor(configured)
  const caller = await askForCaller(api)
  if (caller.kind !== 'fault') return { verdict: describeCaller(caller), api }
  if (!isRefusal(caller.fault.status)) {
    return { verdict: failedCall(caller.fault, SETTINGS), api: endsAll(caller.fault) ? undefined : api }
  }
  const other = configured === 'headers' ? 'basic' : 'headers'
  const otherApi = apiFor(other)
  const otherCaller = await askForCaller(otherApi)
  if (otherCaller.kind !== 'fault') {
    const seen = `The keys are refused when sent as ${configured}, and taken as ${other}.`
    return { verdict: fail(seen, `Set LEGACY_API_AUTH=${other}.`), api: otherApi }
  }
  const { seen, advice, ...rest } = failedCall(caller.fault, SETTINGS)
  const both = isRefusal(otherCaller.fault.status) ? `, sent as ${configured} and as ${other} alike.` : '.'
  return { verdict: { ...rest, seen: seen + both, ...(advice !== undefined && { advice }) }, api: undefined }
}

async function askForCaller(api: Api): Promise<Caller> {
  const self = await probe(api, { method: 'GET', path: '/user/self' }, (body) => checkUser(body).user)
  if (self.ok) return { kind: 'self', role: self.body.role }
  if (self.fault.status !== 404) return { kind: 'fault', fault: self.fault }
  const bare = await probe(api, { method: 'GET', path: '/user' }, readListing)
  if (!bare.ok) return { kind: 'fault', fault: bare.fault }
  return { kind: bare.body.kind === 'caller' ? 'vendor' : 'list-only' }
}

function describeCaller(caller: Exclude<Caller, { kind: 'fault' }>): Verdict {
  switch (caller.kind) {
    case 'self':
      return ok(`GET /user/self takes the keys; their role: ${caller.role ? plainWord(caller.role) : 'not told'}.`)
    case 'vendor':
      return ok('The keys are taken; vendor dialect: no GET /user/self, GET /user answers with the caller.')
    default:
      return warn(
        'The keys are taken by GET /user, but there is no GET /user/self.',
        'Whose keys these are cannot be seen: keep in mind that deactivating that user would end them.',
      )
  }
}
