import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createUpstreams, type Upstreams } from '../../src/app/upstreams.ts'
import { wireDirectory, type WiredDirectory } from '../../src/app/directory.ts'
import { readConfig } from '../../src/config.ts'
import { logSync } from '../../src/observability/sync-log.ts'
import { createLogger } from '../../src/observability/logger.ts'
import type { IdentityDirectory } from '../../src/identity/identity-directory.ts'
import { CARRIED_FIELDS, SOURCES } from '../../src/identity/identity.ts'
import { TIMING } from '../../src/timing.ts'
import { KNOWN_PEOPLE, startSimulator, type Simulator } from '../simulator/simulator.ts'

/** What both implementations of the port can do, they do alike: the one that asks the sources, and the one that keeps a copy. */
describe.each(['off', 'temporary'])('the IdentityDirectory with DIRECTORY=%s', (DIRECTORY) => {
  let simulator: Simulator
  let upstreams: Upstreams
  let wired: WiredDirectory
  let directory: IdentityDirectory

  beforeAll(async () => {
    simulator = await startSimulator({ people: { legacy: 130, sitePartner: 120, shared: 40 } })
    const rare = { SYNC_INTERVAL_SECONDS: '100000', POLL_INTERVAL_SECONDS: '100000' }
    const config = readConfig({ ACCESS: 'open', ...simulator.environment, ...rare, DIRECTORY })
    const logger = createLogger(config.secrets, { write: () => {} })
    upstreams = createUpstreams(config, { ...TIMING, attemptTimeoutMs: 10_000 })
    wired = await wireDirectory(
      config,
      {
        sources: upstreams.sources,
        cursorKeys: config.cursorKeys,
        now: () => new Date(),
        monotonicNow: () => performance.now(),
        onStateChange: () => {},
        onRecalled: () => {},
      },
      logSync(logger),
      logger,
    )
    wired.sync?.start()
    await Promise.all(
      SOURCES.map(async (source) => wired.sync?.whenFresh(source, -Infinity, AbortSignal.timeout(15_000))),
    )
  })
  beforeEach(() => void (directory = open()))
  afterAll(async () => {
    await wired.close()
    await Promise.all(upstreams.transports.map(async (transport) => transport.close()))
    await simulator.close()
  })

  const open = (notBefore = -Infinity): IdentityDirectory =>
    wired.openDirectory({ signal: AbortSignal.timeout(15_000), notBefore })
  const { ana } = KNOWN_PEOPLE
  const legacyAna = { source: 'LEGACY', sourceId: ana.legacy.user_id } as const
  const partnerAna = { source: 'SITE_PARTNER', sourceId: ana.sitePartner.id } as const

  it('finds an account of either source by its key, and null by a key that nobody has', async () => {
    const found = await Promise.all(
      [legacyAna, partnerAna, { ...legacyAna, sourceId: 'nobody' }, { ...partnerAna, sourceId: 'nobody' }].map(
        async (key) => directory.identity(key, ['email']),
      ),
    )
    expect(found.map((identity) => identity && [identity.id, identity.firstName, identity.status])).toEqual([
      [`legacy:${legacyAna.sourceId}`, 'Ana', 'ACTIVE'],
      [`site-partner:${partnerAna.sourceId}`, 'Ana', 'ACTIVE'],
      null,
      null,
    ])
    expect(found[0]?.asOf).toBeInstanceOf(Date)
  })

  it('finds many by their keys at once, each in its place, however often it stands there', async () => {
    const nobody = { ...legacyAna, sourceId: `"nobody'?` }
    const keys = [partnerAna, nobody, legacyAna, { ...partnerAna, sourceId: 'nobody' }, partnerAna]
    const found = await Promise.all(directory.identitiesByKey(keys, ['email']).map(async (each) => each))
    expect(found.map((identity) => identity && identity.id)).toEqual([
      `site-partner:${partnerAna.sourceId}`,
      null,
      `legacy:${legacyAna.sourceId}`,
      null,
      `site-partner:${partnerAna.sourceId}`,
    ])
  })

  it('takes ids letter by letter', async () => {
    const sourceId = partnerAna.sourceId.toUpperCase()
    expect(await directory.identity({ ...partnerAna, sourceId }, [])).toBeNull()
  })

  it('finds everybody with an address, LEGACY first, and nobody with another', async () => {
    expect((await directory.identitiesOf('ana.silva@example.com')).map(({ id }) => id)).toEqual([
      `legacy:${legacyAna.sourceId}`,
      `site-partner:${partnerAna.sourceId}`,
    ])
    expect(await directory.holder('ana.silva@example.com')).toMatchObject({ email: 'ana.silva@example.com' })
    expect([await directory.holder('nobody@example.com'), await directory.identitiesOf('nobody@example.com')]).toEqual([
      null,
      [],
    ])
  })

  it('completes whoever lacks fields, and says when the older part was read', async () => {
    const identity = await directory.identity(legacyAna, [])
    const bare = { ...identity, role: undefined, asOf: new Date(5) } as NonNullable<typeof identity>
    const [whole, asOf] = await Promise.all([directory.complete(bare), directory.asOf(bare)])
    expect(CARRIED_FIELDS.filter((field) => whole[field] === undefined)).toEqual([])
    expect([whole.role, asOf]).toEqual(['standard', new Date(5)])
  })

  it('walks through everybody of a source once, by cursors', async () => {
    const ids: string[] = []
    let after: string | null = null
    for (;;) {
      const page = await directory.identities({ first: 50, after, filter: { source: 'LEGACY' } })
      ids.push(...page.nodes.map(({ sourceId }) => sourceId))
      expect([page.complete, page.sources.map(({ source, state }) => [source, state])]).toEqual([
        true,
        [['LEGACY', 'OK']],
      ])
      if (!(await page.pageInfo.hasNextPage)) break
      after = page.pageInfo.endCursor
    }
    expect(ids.toSorted()).toEqual(
      simulator.legacy.people
        .list()
        .map(({ user_id }) => user_id)
        .toSorted(),
    )
  })

  it('gives nobody where nobody is asked for, and says that there is more', async () => {
    const { edges, nodes, pageInfo } = await directory.identities({ first: 0 })
    expect([edges, nodes, await pageInfo.hasNextPage, pageInfo.endCursor]).toEqual([[], [], true, null])
  })

  it.each([{ first: -1 }, { first: 501 }, { after: '' }, { after: 'a.b' }, { after: 'nonsense' }])(
    'refuses %j before anybody is asked',
    async (args) => {
      const calls = simulator.legacy.calls.count()
      await expect(directory.identities(args)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
      expect(simulator.legacy.calls.count()).toBe(calls)
    },
  )

  it('refuses a cursor of a walk with another filter', async () => {
    const { edges } = await directory.identities({ first: 1 })
    const other = { after: edges[0]?.cursor, filter: { source: 'LEGACY' } } as const
    await expect(directory.identities(other)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  it('reads anew for whoever accepts nothing older than the request', async () => {
    const { user_id } = simulator.legacy.people.list()[40] as { user_id: string }
    await directory.identity({ source: 'LEGACY', sourceId: user_id }, [])
    simulator.legacy.people.update(user_id, { firstname: 'Anew' })
    const fresh = open(performance.now())
    expect((await fresh.identity({ source: 'LEGACY', sourceId: user_id }, ['firstName']))?.firstName).toBe('Anew')
  })
})
