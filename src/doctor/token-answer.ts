import { DEFAULT_LIFETIME_SECONDS, type TokenResponse } from '../http/token-endpoint.ts'
import { counted, ok, plainWord, warn, type Verdict } from './findings.ts'

/** A token of less life than this is renewed all the time, and token endpoints count how often they are asked. */
const SHORT_LIFE_SECONDS = 300

/** Lifetime and scopes; never the token. */
export function describeToken({ expires_in: lifetime, token_type: type, scope }: TokenResponse): Verdict {
  const scopes = describeScope(scope)
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') {
    return warn(`A token was given, but not as Bearer. ${scopes}`, 'It is sent as Bearer all the same; ask Lynkwell.')
  }
  if (lifetime === undefined) {
    return warn(`A token without a lifetime. ${scopes}`, `It is taken for good for ${DEFAULT_LIFETIME_SECONDS} s.`)
  }
  if (lifetime < SHORT_LIFE_SECONDS) {
    return warn(`A token for ${lifetime} s. ${scopes}`, 'So short a life means many token calls: ask for a longer one.')
  }
  return ok(`A token for ${lifetime} s. ${scopes}`)
}

const SHOWN_SCOPES = 20

function describeScope(scope: unknown): string {
  const words = typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []
  if (words.length === 0) return 'No scopes are told.'
  const shown = words.slice(0, SHOWN_SCOPES).map(plainWord).join(' ')
  const hidden = words.length - SHOWN_SCOPES
  return `${words.length === 1 ? 'Scope' : 'Scopes'}: ${shown}${hidden > 0 ? ` and ${counted(hidden, 'other')}` : ''}`
}
