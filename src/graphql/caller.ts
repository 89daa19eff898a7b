/** Who asks, as far as it is known. */
export interface Caller {
  /** For records of what was done: `router`, `local`, or whom a token names. Never an e-mail address or a name. */
  readonly name: string
  /** What the caller may do; undefined where whoever let the request in has checked it already. */
  readonly scopes: ReadonlySet<string> | undefined
}

/** The router checks scopes itself; on a developer's own machine there are none. */
export const ROUTER: Caller = { name: 'router', scopes: undefined }
export const LOCAL: Caller = { name: 'local', scopes: undefined }
