import type { Upstream } from '../errors.ts'
import { PublicError } from '../errors.ts'
import type { Clock } from './clock.ts'
import { refuseLocally } from './local-refusal.ts'
import { SharedCalls, unlessAborted } from './shared-calls.ts'
import { provesCredentials } from './status-error.ts'
import type { HttpPolicy, HttpRequest, HttpResponse, HttpTransport } from './transport.ts'

/** What one attempt is authorized with. */
export interface Credential {
  /** Equal for equal credentials. As secret as they are. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
}

/** The credentials of an upstream, however they come about. */
export interface Credentials {
  /** Those of the moment. Rejects with a PublicError, `NOT_SENT`, when there are none to be had. */
  get(signal: AbortSignal): Promise<Credential>
  /** Others than these, which were refused; undefined where there are none. */
  renew(refused: Credential, signal: AbortSignal): Promise<Credential | undefined>
  /** How often a request may be made again with others. */
  readonly renewals: number
  /** They were not refused. */
  accepted(credential: Credential): void
  /** Another one whenever the settings behind them have changed, looked at this moment. As secret as they are. */
  version(): string
}

/** How long dead credentials are left alone, unless their settings change; and how long live ones count as proven. */
const PROBE_EVERY_MS = 30_000

export interface CredentialsPolicyOptions {
  readonly upstream: Upstream
  readonly credentials: Credentials
  /** A call that every right credential may make. */
  readonly probe: Omit<HttpRequest, 'signal'>
  /** What the probe goes through. */
  readonly transport: HttpTransport
  readonly clock: Clock
  readonly onChange: () => void
}

interface DeadCredentials {
  readonly version: string
  readonly probeAt: number
}

/**
 * Authorizes requests, and stops calling with credentials that are dead, so that nobody is locked out for trying. A 401
 * alone does not prove that: the legacy API gives it for a missing right as well. So whoever gets a 401 twice asks for what
 * every right credential may ask, and only a 401 to that ends it. Dead credentials are tried again by a request every 30 s,
 * and at once when their settings have changed.
 */
export class CredentialsPolicy {
  readonly #options: CredentialsPolicyOptions
  readonly #probes = new SharedCalls<boolean>()
  #dead: DeadCredentials | undefined
  /** A 401 to these is a missing right. */
  #proven: { readonly id: string; readonly version: string; readonly until: number } | undefined

  constructor(options: CredentialsPolicyOptions) {
    this.#options = options
  }

  get state(): 'good' | 'dead' {
    return this.#dead ? 'dead' : 'good'
  }

  /** In front of everything that waits or counts. */
  readonly guard: HttpPolicy = (next) => (request) => {
    const dead = this.#dead
    return dead ? this.#passDead(dead, next, request) : next(request)
  }

  /** Right before the transport. */
  readonly authorize: HttpPolicy = (next) => async (request) => {
    const { credentials } = this.#options
    let credential: Credential | undefined = await this.#get(request.signal)
    let response = await this.#send(next, request, credential)
    for (let renewal = 0; response.status === 401 && renewal < credentials.renewals; renewal++) {
      if (this.#isProven(credential)) return response
      credential = await credentials.renew(credential, request.signal)
      if (!credential) break
      response = await this.#send(next, request, credential)
    }
    if (response.status === 401) await this.#confirm(request.signal)
    return response
  }

  async #passDead(dead: DeadCredentials, next: HttpTransport, request: HttpRequest): Promise<HttpResponse> {
    const { upstream, credentials, clock } = this.#options
    if (credentials.version() !== dead.version) this.#live()
    else if (clock.now() < dead.probeAt || !(await this.#tryAgain(dead.version, request.signal))) {
      throw refuseLocally(upstream, 'credentials')
    }
    return next(request)
  }

  async #get(signal: AbortSignal): Promise<Credential> {
    try {
      return await this.#options.credentials.get(signal)
    } catch (error) {
      // Nothing else can be meant where credentials are given out.
      if (error instanceof PublicError && error.code === 'UPSTREAM_UNAUTHORIZED') this.#die()
      throw error
    }
  }

  async #send(next: HttpTransport, request: HttpRequest, credential: Credential): Promise<HttpResponse> {
    const response = await next({ ...request, headers: { ...request.headers, ...credential.headers } })
    if (provesCredentials(response)) this.#options.credentials.accepted(credential)
    return response
  }

  /** Whether a 401 meant the credentials. Where that cannot be found out, nothing changes. */
  async #confirm(signal: AbortSignal): Promise<void> {
    if (this.#dead) return
    await this.#probes.join('confirm', signal, async (shared) => {
      const alive = await this.#probe(shared)
      if (alive === false) this.#die()
      return true
    })
  }

  async #tryAgain(version: string, signal: AbortSignal): Promise<boolean> {
    // Taken first: who comes meanwhile is refused.
    this.#dead = { version, probeAt: this.#options.clock.now() + PROBE_EVERY_MS }
    const probe = this.#probe(new AbortController().signal, 'afresh').then((alive) => {
      // Here and not behind the waiting: who began it may have left.
      if (alive && this.#dead) this.#live()
      return alive === true
    })
    return unlessAborted(probe, signal)
  }

  /** Undefined when the upstream did not say. */
  async #probe(signal: AbortSignal, how?: 'afresh'): Promise<boolean | undefined> {
    const { credentials, probe, transport, clock } = this.#options
    try {
      const held = await credentials.get(signal)
      // A token that was given out before a right was granted does not carry it.
      const credential = (how === 'afresh' && (await credentials.renew(held, signal))) || held
      const response = await this.#send(transport, { ...probe, signal }, credential)
      if (response.status === 401) return false
      if (!provesCredentials(response)) return undefined
      this.#proven = { id: credential.id, version: credentials.version(), until: clock.now() + PROBE_EVERY_MS }
      return true
    } catch (error) {
      return error instanceof PublicError && error.code === 'UPSTREAM_UNAUTHORIZED' ? false : undefined
    }
  }

  #isProven({ id }: Credential): boolean {
    const { credentials, clock } = this.#options
    const proven = this.#proven
    // Settings that have changed since are a better reason for a 401 than a missing right.
    return proven?.id === id && clock.now() < proven.until && credentials.version() === proven.version
  }

  #die(): void {
    const { credentials, clock, onChange } = this.#options
    const wasDead = this.#dead !== undefined
    this.#dead = { version: credentials.version(), probeAt: clock.now() + PROBE_EVERY_MS }
    if (!wasDead) onChange()
  }

  #live(): void {
    this.#dead = undefined
    this.#options.onChange()
  }
}
