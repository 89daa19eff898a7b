import { fail, type Verdict } from './findings.ts'
import type { CallFault } from './probe.ts'

/** What the advice about one endpoint's faults has to name. */
export interface EndpointSettings {
  /** The variable that holds its URL. */
  readonly url: string
  /** What to do about a 401, and about a 403. */
  readonly unauthorized: string
  readonly forbidden: string
}

/** The row for a call that came to nothing. */
export function failedCall(fault: CallFault, settings: EndpointSettings): Verdict {
  return fail(describeFault(fault), adviseOn(fault, settings))
}

/** Whether, after this fault of the sign-in, every other call would end in the same way: one row says enough then. */
export function endsAll({ stage, status = 0 }: CallFault): boolean {
  // The network or something in between: it has nothing to do with the path.
  if (stage === 'unanswered' || stage === 'unreadable') return true
  // Redirects are the base URL's, refusals the credentials', and a throttled API is to be left alone.
  if ((status >= 300 && status < 400) || isRefusal(status) || status === 429) return true
  // Of /user/self it would have been asked further, so it is the list that is not there.
  return status === 404
}

/** 401 or 403. The legacy API says 401 also where a right is missing. */
export function isRefusal(status: number | undefined): boolean {
  return status === 401 || status === 403
}

/** The code, with what narrows it down. */
function describeFault({ stage, error, status, systemCode }: CallFault): string {
  if (stage === 'status') return `${error.code}, status ${status}`
  if (systemCode !== undefined) return `${error.code}, ${systemCode}`
  return `${error.code}: ${error.message}`
}

function adviseOn(fault: CallFault, settings: EndpointSettings): string {
  switch (fault.stage) {
    case 'unanswered':
      return adviseOnSilence(fault, settings)
    case 'unreadable':
      return `Probably a proxy or a web site answers, not the API: check ${settings.url} and what lies in between.`
    case 'contract':
      return `Another dialect or version than ours: check ${settings.url}, then compare with the vendor's documents.`
    default:
      return adviseOnStatus(fault, settings)
  }
}

function adviseOnStatus({ status = 0, movedTo, html }: CallFault, settings: EndpointSettings): string {
  const target = movedTo === undefined ? '' : ` It points to ${movedTo}.`
  // Redirects are not followed, since that would carry the credentials to a host that nobody chose.
  if (status >= 300 && status < 400)
    return `${settings.url} must be the final URL: redirects are not followed.${target}`
  if (isRefusal(status) && html) return 'Probably a proxy or firewall refuses, not the API: the answer is a web page.'
  if (status === 401) return settings.unauthorized
  if (status === 403) return settings.forbidden
  if (status === 404 || status === 405) return `Check ${settings.url}: there is no such call below it.`
  if (status === 429) return 'Wait some minutes and run this again; the subgraph is slowed down by it as well.'
  if (status >= 500) return 'The trouble is on their side: run this again later, then ask the vendor.'
  return `The API does not take this call: check ${settings.url}, then ask the vendor.`
}

const NAME_NOT_FOUND: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA'])
const CERTIFICATE = /CERT|SIGNATURE|^ERR_(?:TLS|SSL)|EPROTO/

function adviseOnSilence({ error, systemCode = '' }: CallFault, settings: EndpointSettings): string {
  if (error.code === 'DEADLINE_EXCEEDED')
    return 'The time for all checks is up: run this again when the network is fast.'
  if (error.code === 'UPSTREAM_TIMEOUT')
    return `Check ${settings.url}, the network and firewalls; the API may just be slow.`
  if (NAME_NOT_FOUND.has(systemCode)) return `Check the host in ${settings.url}, and DNS: its name is not known.`
  if (CERTIFICATE.test(systemCode)) {
    return 'The certificate is not trusted: where a proxy opens TLS, give its CA by NODE_EXTRA_CA_CERTS.'
  }
  // The HTTP library refuses to send the headers, so nothing has left.
  if (systemCode === 'UND_ERR_INVALID_ARG') return 'A credential has characters that no header can carry: set it again.'
  return `Check host and port in ${settings.url}, the network and firewalls.`
}
