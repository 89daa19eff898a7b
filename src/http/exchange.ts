import type { Dispatcher } from 'undici'
import { upstreamError, type Upstream } from '../errors.ts'

/** A page of 100 accounts has about 40 kB. */
const MAX_BODY_BYTES = 2 * 1024 * 1024

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

/**
 * One request on its way through undici, for `dispatch`. `Pool.request` makes a stream of every body and a promise of each of
 * its parts, and costs half as much again.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects with undici's error, or with the reason for which it was broken off. */
  readonly response: Promise<RawResponse>
  readonly #upstream: Upstream
  readonly #settle: PromiseWithResolvers<RawResponse>
  readonly #chunks: Buffer[] = []
  #length = 0
  #status = 0
  #headers: RawResponse['headers'] = {}
  #controller: Dispatcher.DispatchController | undefined
  #broken: { readonly reason: unknown } | undefined

  constructor(upstream: Upstream) {
    this.#upstream = upstream
    this.#settle = Promise.withResolvers()
    this.response = this.#settle.promise
  }

  /** Whether a byte of it may have left us. */
  get sent(): boolean {
    return this.#controller !== undefined
  }

  get broken(): { readonly reason: unknown } | undefined {
    return this.#broken
  }

  /** What waits for a connection is not sent any more; what was sent loses its connection. */
  breakOff(reason: unknown): void {
    this.#broken ??= { reason }
    this.#settle.reject(reason)
    this.#controller?.abort(asError(reason))
  }

  /** Undici calls this when it has a connection, right before the first byte goes out. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#broken) return controller.abort(asError(this.#broken.reason))
    this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // What comes before an answer, such as early hints, is none.
    if (status < 200) return
    this.#status = status
    this.#headers = singleHeaders(headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length <= MAX_BODY_BYTES) this.#chunks.push(chunk)
    else this.breakOff(upstreamError('UPSTREAM_INVALID_RESPONSE', this.#upstream, 'the answer is too large'))
  }

  onResponseEnd(): void {
    const [first, ...others] = this.#chunks
    const bytes = first && others.length === 0 ? first : Buffer.concat(this.#chunks)
    this.#settle.resolve({ status: this.#status, headers: this.#headers, bytes })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle.reject(error)
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Broken off', { cause: reason })
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) single[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return single
}
