import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { ConfigError, readConfig } from '../../src/config.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { upstreamCalls, type Subgraph } from './subgraph.ts'
import { startSynced, startUnsynced } from './synced.ts'

const TOTAL = '{ identities(last: 1) { totalCount } }'

let folder: string
let path: string
let logs: Record<string, unknown>[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'directory-life-'))
  path = join(folder, 'directory.db')
  logs = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const log = (line: string): void => void logs.push(JSON.parse(line))
const total = async ({ ask }: Subgraph): Promise<unknown> => (await ask(TOTAL)).data.identities?.totalCount

describe('a directory in a file', () => {
  it('is private, and answers at once after a restart, also while its source is down', async () => {
    const first = await startSynced({ variables: { DIRECTORY: path } })
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    await first.close()
    const second = await startUnsynced({
      variables: { DIRECTORY: path, LEGACY_API_URL: first.simulator.legacy.url },
    })
    onTestFinished(() => second.close())
    expect(await total(second)).toBe(630)
    const [person] = second.simulator.legacy.people.list()
    const query = `{ identity(id: "legacy:${person?.user_id}") { email } nobody: identity(id: "legacy:1nobody") { id } }`
    const { data, errors } = await second.ask(query)
    expect(data.identity).toEqual({ email: person?.email })
    // What was kept by another process proves nobody's absence.
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['UPSTREAM_UNAVAILABLE'])
  })

  it('that is damaged is put aside and read anew, and the log says so', async () => {
    writeFileSync(path, 'this is no database, but it is here')
    const subgraph = await startSynced({ variables: { DIRECTORY: path }, log })
    onTestFinished(() => subgraph.close())
    expect(await total(subgraph)).toBe(630)
    expect(logs).toContainEqual(expect.objectContaining({ reason: 'corrupt', aside: `${path}.corrupt-1` }))
    expect(logs.filter(({ msg }) => msg === 'sweep')).toMatchObject([
      { outcome: 'WHOLE', users: expect.any(Number) },
      { outcome: 'WHOLE', users: expect.any(Number) },
      ...logs.filter(({ msg }) => msg === 'sweep').slice(2),
    ])
  })

  it('of another program, in use, or in a folder that is not there keeps the server from starting', async () => {
    const simulator = await startSimulator({ people: { legacy: 1, sitePartner: 1, shared: 0 } })
    onTestFinished(() => simulator.close())
    const start = async (DIRECTORY: string) =>
      createApp(readConfig({ ACCESS: 'open', ...simulator.environment, DIRECTORY }), createLogger())
    const foreign = new DatabaseSync(path)
    foreign.exec('CREATE TABLE theirs (x)')
    foreign.close()
    await expect(start(path)).rejects.toThrow(ConfigError)
    await expect(start(path)).rejects.toThrow(/DIRECTORY .*another program/)
    await expect(start(join(folder, 'nowhere', 'directory.db'))).rejects.toThrow(/DIRECTORY /)
    const free = join(folder, 'free.db')
    const app = await start(free)
    await expect(start(free)).rejects.toThrow(/another process has it/)
    await app.shutdown()
  })
})

describe('the temporary directory', () => {
  it('is gone after the shutdown', async () => {
    const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('identity-directory-'))
    const before = new Set(folders())
    const subgraph = await startSynced({ log })
    const made = folders().filter((name) => !before.has(name))
    expect(made.length).toBeGreaterThan(0)
    await subgraph.close()
    const left = made.filter((name) => existsSync(join(tmpdir(), name, 'directory.db')))
    // Others may run beside this test; ours is one of those that went.
    expect(left.length).toBeLessThan(made.length)
  })
})

describe('with DIRECTORY=off', () => {
  it('nothing is called unasked, and what needs the directory names the setting', async () => {
    const subgraph = await startUnsynced({ variables: { DIRECTORY: 'off' } })
    onTestFinished(() => subgraph.close())
    const { errors } = await subgraph.ask(TOTAL)
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('DIRECTORY'),
      extensions: { code: 'NOT_SUPPORTED' },
    })
    expect(upstreamCalls(subgraph)).toBe(0)
  })
})

describe('a file that is damaged while it is used', () => {
  it('is begun anew without a restart; until its first sweep is whole the sources are asked', async () => {
    await (await startSynced({ variables: { DIRECTORY: path } })).close()
    // A file that was closed has all of it in one place.
    const again = await startUnsynced({ variables: { DIRECTORY: path }, log })
    onTestFinished(() => again.close())
    await again.whenSynced()
    const { size } = statSync(path)
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096)
    closeSync(file)
    const person = again.simulator.legacy.people.list()[150]
    const found = async (): Promise<unknown> => {
      const { data, errors } = await again.ask(`{ identity(id: "legacy:${person?.user_id}") { email } }`)
      return errors ?? data.identity.email
    }
    again.simulator.legacy.people.update(person?.user_id ?? '', { email: 'new@example.com' })
    // What was read into memory before is still good; a search needs what was not.
    const search = await again.ask(
      '{ identities(filter: { search: "an" }, orderBy: { field: NAME, direction: DESC }) { totalCount } }',
    )
    expect(search.errors?.[0]?.extensions).toMatchObject({ code: 'DIRECTORY_NOT_READY', retryable: true })
    await vi.waitFor(async () => expect(await total(again)).toBe(630), 15_000)
    expect(await found()).toBe('new@example.com')
    expect(logs).toContainEqual(expect.objectContaining({ reason: 'corrupt', aside: `${path}.corrupt-1` }))
    expect(logs.filter(({ msg }) => msg === 'the directory cannot be used')).not.toEqual([])
    const { data } = await again.ask('{ identitySources { state code } }')
    expect(data.identitySources).toEqual([
      { state: 'OK', code: null },
      { state: 'OK', code: null },
    ])
  })
})

describe('a store that fails', () => {
  it('while it is read sends questions to the sources, and refuses what only it could answer', async () => {
    const subgraph = await startSynced({ variables: { DIRECTORY: path }, log })
    onTestFinished(() => subgraph.close())
    const writer = new DatabaseSync(path)
    writer.exec('DROP TABLE legacy_account')
    writer.close()
    const [person] = subgraph.simulator.legacy.people.list()
    const { data, errors } = await subgraph.ask(
      `{ identity(id: "legacy:${person?.user_id}") { email } identityHolder(email: "ana.silva@example.com") { identities { id } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.identity).toEqual({ email: person?.email })
    expect(data.identityHolder.identities.length).toBeGreaterThan(0)
    const walk = await subgraph.ask('{ identities(filter: { role: "admin" }) { nodes { id } } }')
    expect(walk.errors?.[0]?.extensions).toMatchObject({ code: 'DIRECTORY_NOT_READY', retryable: true })
    // A corrupt file was said to be lists that had not been read to their end yet.
    expect(walk.errors?.[0]?.message).toBe('The directory cannot be read at the moment.')
    expect(logs.filter(({ msg }) => msg === 'the directory cannot be used')).toMatchObject([{ reason: 'broken' }])
  })
})
