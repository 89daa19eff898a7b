import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KNOWN_PARTNERS } from '../simulator/simulator.ts'
import { startDirectoryWrites, type DirectoryWrites } from './directory-writes.ts'

const JANE = { email: 'Jane.Roe@example.com', firstName: 'Jane', lastName: 'Roe' }
const LISTS = { LEGACY: 'GET /user', SITE_PARTNER: 'GET /asset-management/v1/site-partner-users' } as const
const partnerId = KNOWN_PARTNERS.lakesideMall.id

let directory: DirectoryWrites
beforeEach(async () => {
  directory = await startDirectoryWrites()
  upstream('LEGACY').calls.reset()
  upstream('SITE_PARTNER').calls.reset()
})
afterEach(() => directory.close())

type Source = keyof typeof LISTS
const upstream = (source: Source) => directory.simulator[source === 'LEGACY' ? 'legacy' : 'sitePartner']
const calls = (source: Source): number => upstream(source).calls.count()

async function provision(source: Source, email = JANE.email, idempotencyKey?: string) {
  const { writes } = directory
  return source === 'LEGACY'
    ? writes.provisionLegacyIdentity({ ...JANE, email, idempotencyKey })
    : writes.provisionSitePartnerIdentity({ email, partnerId, idempotencyKey })
}

function holder(source: Source) {
  const { legacy, sitePartner } = directory.simulator
  const person =
    source === 'LEGACY'
      ? legacy.people.list().find(({ email, status }) => email && status === 'active')
      : sitePartner.people.list().find(({ email, isArchived }) => email && !isArchived)
  const sourceId = person && ('user_id' in person ? person.user_id : person.id)
  return { email: person?.email ?? '', sourceId: sourceId ?? '' }
}

function setEmail(source: Source, sourceId: string, email: string): void {
  if (source === 'LEGACY') directory.simulator.legacy.people.update(sourceId, { email })
  else directory.simulator.sitePartner.people.update(sourceId, { email })
}

describe.each(['LEGACY', 'SITE_PARTNER'] as const)('a creation in %s beside a directory', (source) => {
  it('takes two calls, however long the list is', async () => {
    expect(await provision(source)).toMatchObject({ outcome: 'APPLIED' })
    expect(calls(source)).toBe(2)
  })

  it('finds in two calls who has had the address for long, in any letter case', async () => {
    const { email, sourceId } = holder(source)
    const payload = await provision(source, email.toUpperCase())
    expect(payload).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'EMAIL_TAKEN' }], identity: { sourceId } })
    expect(calls(source)).toBe(2)
  })

  it('finds who was created by somebody else a moment ago', async () => {
    const email = 'jane.ROE@example.com'
    if (source === 'LEGACY') upstream('LEGACY').people.insert({ email })
    else upstream('SITE_PARTNER').people.insert({ email })
    expect(await provision(source)).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'EMAIL_TAKEN' }] })
    expect(calls(source)).toBe(1)
  })

  it('is not kept from an address that its holder has given up since', async () => {
    const { email, sourceId } = holder(source)
    setEmail(source, sourceId, 'elsewhere@example.com')
    expect(await provision(source, email)).toMatchObject({ outcome: 'APPLIED', errors: [] })
  })

  it('leaves it to the source to find whom others have given the address since the last sweep', async () => {
    setEmail(source, holder(source).sourceId, JANE.email)
    const payload = await provision(source)
    expect(payload).toMatchObject({ outcome: 'REJECTED', errors: [{ code: 'REJECTED_BY_SOURCE' }], identity: null })
  })

  it('finds by the list itself, where the last sweep is too old, whom the directory does not know of', async () => {
    setEmail(source, holder(source).sourceId, JANE.email)
    directory.age = 3 * 3_600_000
    const payload = await provision(source)
    expect(payload).toMatchObject({ errors: [{ code: 'EMAIL_TAKEN' }], identity: holder(source) })
  })

  it('whose answer was lost is found at the end of the list', async () => {
    const endpoint = source === 'LEGACY' ? 'POST /user' : 'POST /asset-management/v1/site-partner-users'
    upstream(source).faults.add({ kind: 'drop-after', endpoint, times: 1 })
    expect(await provision(source)).toMatchObject({ outcome: 'APPLIED' })
    expect(upstream(source).calls.byEndpoint()).toEqual({ [LISTS[source]]: 2, [endpoint]: 1 })
  })

  it('that was made twice with the same key is made once', async () => {
    const first = await provision(source, JANE.email, 'key')
    expect(await provision(source, JANE.email, 'key')).toMatchObject({
      outcome: 'APPLIED',
      identity: { sourceId: first.identity?.sourceId },
    })
    expect(
      upstream(source)
        .people.list()
        .filter(({ email }) => email === JANE.email),
    ).toHaveLength(1)
  })

  it('is refused, and nothing is sent, where it cannot be written down', async () => {
    await directory.store.close()
    await expect(provision(source)).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(calls(source)).toBe(0)
    expect(directory.faults).not.toEqual([])
  })
})
