import { request } from 'undici'

/** How a request ended. Instants in milliseconds of the epoch. */
export interface Ended {
  readonly sentAt: number
  readonly tookMs: number
  /** `OK`, or the code of the first error. */
  readonly result: string
}

interface Order {
  readonly url: string
  /** So many seconds at so many requests a second, one phase after the other. */
  readonly phases: readonly (readonly [seconds: number, perSecond: number])[]
  readonly legacyIds: readonly string[]
  readonly sitePartnerIds: readonly string[]
  /** Else a mix of reads and writes of both sources. */
  readonly singleReadsOnly: boolean
}

/** A process of its own: so many requests a second, whatever becomes of them. What has ended is told every second. */
process.on('message', (order: Order) => void run(order))

async function run(order: Order): Promise<void> {
  let ended: Ended[] = []
  const report = setInterval(() => {
    process.send?.({ ended })
    ended = []
  }, 1_000)
  const underWay = new Set<Promise<void>>()
  let sent = 0
  for (const [seconds, perSecond] of order.phases) {
    const began = performance.now()
    for (let due = 0; due < seconds * perSecond; due++) {
      const waitMs = began + (due / perSecond) * 1_000 - performance.now()
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      const asking = ask(order, sent++).then((each) => void ended.push(each))
      underWay.add(asking)
      void asking.finally(() => underWay.delete(asking))
    }
  }
  await Promise.all(underWay)
  clearInterval(report)
  process.send?.({ ended, isOver: true }, () => process.exit(0))
}

async function ask(order: Order, index: number): Promise<Ended> {
  const sentAt = Date.now()
  const began = performance.now()
  const result = await answerTo(order, index).catch((error: unknown) => `no answer: ${(error as Error).name}`)
  return { sentAt, tookMs: performance.now() - began, result }
}

async function answerTo(order: Order, index: number): Promise<string> {
  const { statusCode, body } = await request(order.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
    body: JSON.stringify(operationOf(order, index)),
  })
  const { data, errors } = (await body.json()) as { data: any; errors?: { extensions: { code: string } }[] }
  if (statusCode !== 200) return `HTTP ${statusCode}`
  if (errors?.[0]) return errors[0].extensions.code
  const outcome = data?.updateIdentity?.outcome
  return outcome === undefined || outcome === 'APPLIED' || outcome === 'UNCHANGED' ? 'OK' : `outcome ${outcome}`
}

function operationOf({ legacyIds, sitePartnerIds, singleReadsOnly }: Order, index: number): object {
  const pick = (ids: readonly string[]): string => ids[(index * 7) % ids.length] as string
  const legacy = `legacy:${pick(legacyIds)}`
  const sitePartner = `site-partner:${pick(sitePartnerIds)}`
  const kind = singleReadsOnly ? 0 : index % 10
  if (kind < 5) return { query: `{ identity(id: "${legacy}") { id email firstName status } }` }
  if (kind < 7) return { query: `{ identities(first: 20) { nodes { id email } pageInfo { endCursor } } }` }
  if (kind < 9) {
    const r = [legacy, sitePartner].map((id) => ({ __typename: 'Identity', id }))
    return {
      query: 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Identity { id email } } }',
      variables: { r },
    }
  }
  const id = index % 20 === 9 ? legacy : sitePartner
  return {
    query: 'mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { outcome } }',
    variables: { input: { id, firstName: `Name ${index % 5}` } },
  }
}
