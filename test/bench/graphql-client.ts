/** What callers send as `router-authorization`. */
export const ROUTER_SECRET = 'bench'

export interface GraphqlAnswer {
  readonly data?: any
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[]
}

/** @param name what is asked for, for the baselines that do not read the request. */
export async function postGraphql(origin: string, name: string, body: string): Promise<GraphqlAnswer> {
  const response = await fetch(`${origin}/graphql`, { method: 'POST', headers: headersOf(name), body })
  const text = await response.text()
  try {
    return JSON.parse(text) as GraphqlAnswer
  } catch {
    throw new Error(`status ${response.status} and no JSON`)
  }
}

export function headersOf(name: string): Record<string, string> {
  return { 'content-type': 'application/json', 'router-authorization': ROUTER_SECRET, 'bench-request': name }
}
