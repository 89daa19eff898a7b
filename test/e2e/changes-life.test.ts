import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'
import { askChanges, Follower, refusalOf } from './changes.ts'
import type { Subgraph } from './subgraph.ts'
import { startSynced, startUnsynced } from './synced.ts'

let folder: string
let path: string
/** What stays while the subgraph is started again. */
let upstreams: Simulator
let subgraph: Subgraph
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'changes-'))
  path = join(folder, 'directory.db')
  upstreams = await startSimulator({ people: { legacy: 40, sitePartner: 40, shared: 10 } })
})
afterEach(async () => {
  await subgraph.close()
  await upstreams.close()
  rmSync(folder, { recursive: true })
})

const start = async (variables: Record<string, string>): Promise<void> => {
  subgraph = await startSynced({ variables: { ...upstreams.environment, ...variables } })
}
const restart = async (variables: Record<string, string>): Promise<void> => {
  await subgraph.close()
  await start(variables)
}
const EXPIRED = { code: 'CURSOR_EXPIRED', retryable: false, message: expect.stringContaining('latestCursor') }
const hire = (email: string): string => `legacy:${upstreams.legacy.people.insert({ email }).user_id} PROVISIONED`

describe('a restart', () => {
  it('goes on with the same log in a file, and tells what happened meanwhile', async () => {
    await start({ DIRECTORY: path })
    const before = [hire('one@example.com'), hire('two@example.com')]
    await subgraph.whenSynced()
    const follower = new Follower(subgraph)
    expect(await follower.next()).toEqual(before)
    await subgraph.close()
    const meanwhile = hire('three@example.com')
    const [somebody] = upstreams.sitePartner.people.list()
    upstreams.sitePartner.people.remove(somebody?.id ?? '')
    await start({ DIRECTORY: path })
    const then = new Follower(subgraph, follower.cursor)
    const gone = `site-partner:${somebody?.id} GONE`
    expect((await then.next()).toSorted()).toEqual([meanwhile, gone].toSorted())
    expect((await new Follower(subgraph).next()).slice(0, 2)).toEqual(before)
    await restart({ DIRECTORY: path })
    expect(await new Follower(subgraph, then.cursor).next()).toEqual([])
  })

  it('with a temporary directory begins another log, in which the cursor is no place', async () => {
    await start({ DIRECTORY: 'temporary' })
    const empty = (await askChanges(subgraph)).latestCursor
    hire('one@example.com')
    await subgraph.whenSynced()
    const { latestCursor } = await askChanges(subgraph)
    await restart({ DIRECTORY: 'temporary' })
    for (const after of [empty, latestCursor]) expect(await refusalOf(subgraph, { after })).toMatchObject(EXPIRED)
    expect((await askChanges(subgraph)).edges).toEqual([])
  })

  it('with a source more ends the cursors that know nothing of it', async () => {
    const { SITE_PARTNER_CLIENT_ID, SITE_PARTNER_CLIENT_SECRET } = upstreams.environment
    const one = {
      DIRECTORY: path,
      SITE_PARTNER_CLIENT_ID: '',
      SITE_PARTNER_CLIENT_SECRET: '',
      CURSOR_SECRET: 'the same',
    }
    subgraph = await startUnsynced({ variables: { ...upstreams.environment, ...one } })
    await subgraph.whenSynced('LEGACY')
    const after = (await askChanges(subgraph)).latestCursor
    await restart({ ...one, ...({ SITE_PARTNER_CLIENT_ID, SITE_PARTNER_CLIENT_SECRET } as Record<string, string>) })
    expect(await refusalOf(subgraph, { after })).toMatchObject(EXPIRED)
    expect((await askChanges(subgraph)).edges).toEqual([])
  })
})

describe('what is kept', () => {
  it('is as much as the settings say: who comes later has to begin anew', async () => {
    await start({ DIRECTORY: 'temporary', CHANGES_MAX_COUNT: '2' })
    const after = (await askChanges(subgraph)).latestCursor
    const hired = ['a', 'b', 'c'].map((name) => hire(`${name}@example.com`))
    await subgraph.whenSynced('LEGACY')
    expect(await refusalOf(subgraph, { after })).toMatchObject(EXPIRED)
    expect(await new Follower(subgraph).next(1)).toEqual(hired.slice(1))
  })
})

describe('before it can be answered', () => {
  it('says that it is not ready until every source was read whole', async () => {
    upstreams.legacy.faults.add({ kind: 'hold', endpoint: 'GET /user' })
    subgraph = await startUnsynced({ variables: { ...upstreams.environment, DIRECTORY: path } })
    await subgraph.whenSynced('SITE_PARTNER')
    for (const headers of [{}, { 'cache-control': 'no-cache' }]) {
      expect(await refusalOf(subgraph, {}, headers)).toMatchObject({
        code: 'DIRECTORY_NOT_READY',
        retryable: true,
        message: 'The lists have not been read to their end yet. Try again shortly.',
      })
    }
    expect(await refusalOf(subgraph, { after: '' })).toMatchObject({ code: 'BAD_USER_INPUT' })
    upstreams.legacy.faults.clear()
    upstreams.legacy.faults.release()
    await subgraph.whenSynced()
    expect((await askChanges(subgraph)).edges).toEqual([])
  })

  it('names the setting without a directory, and calls nobody', async () => {
    subgraph = await startUnsynced({ variables: { ...upstreams.environment, DIRECTORY: 'off' } })
    const refusal = { code: 'NOT_SUPPORTED', retryable: false, message: expect.stringContaining('DIRECTORY') }
    expect(await refusalOf(subgraph)).toMatchObject(refusal)
    expect(await refusalOf(subgraph, { after: 'nonsense' })).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(upstreams.legacy.calls.count() + upstreams.sitePartner.calls.count()).toBe(0)
  })

  it('does not take the log of a store that cannot be read for an empty one', async () => {
    await start({ DIRECTORY: path })
    const writer = new DatabaseSync(path)
    writer.exec('DROP TABLE change')
    writer.close()
    expect(await refusalOf(subgraph)).toMatchObject({
      code: 'DIRECTORY_NOT_READY',
      retryable: true,
      message: 'The directory cannot be read at the moment.',
    })
  })
})
