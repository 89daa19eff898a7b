import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { failedCall } from '../../src/doctor/advice.ts'
import { DOCTOR_TIMING, runDoctor } from '../../src/doctor/doctor.ts'
import { hasFailed, type Finding } from '../../src/doctor/findings.ts'
import { formatReport } from '../../src/doctor/report.ts'
import { upstreamError } from '../../src/errors.ts'
import { startSimulator, type Simulator } from '../simulator/simulator.ts'

const USERS = '/asset-management/v1/site-partner-users'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ people: { legacy: 250, sitePartner: 130, shared: 60 } })
})
afterAll(() => simulator.close())
afterEach(() => simulator.reset())

/** No credential and nobody's data in the report, and no call but reads and the token's. */
function expectHarmless(report: string): void {
  const { LEGACY_APPLICATION_KEY, LEGACY_USER_API_KEY, SITE_PARTNER_CLIENT_ID } = simulator.environment
  const people = [
    ...simulator.legacy.people.list().flatMap((p) => [p.user_id, p.email, p.firstname, p.lastname]),
    ...simulator.sitePartner.people.list().flatMap((p) => [p.id, p.email, p.firstName, p.lastName]),
  ]
  const secrets = [LEGACY_APPLICATION_KEY, LEGACY_USER_API_KEY, SITE_PARTNER_CLIENT_ID, 'the-router-secret']
  const isPrinted = (word: string): boolean =>
    new RegExp(`(?<!\\w)${word.replaceAll(/\W/g, '\\$&')}(?!\\w)`, 'i').test(report)
  expect([...secrets, ...people].filter((word) => typeof word === 'string').filter(isPrinted)).toEqual([])
  // Tokens of the simulator have 40 characters.
  expect(report).not.toMatch(/\w{40}|@/)
  const calls = [...simulator.legacy.calls.log(), ...simulator.sitePartner.calls.log()]
  expect(calls.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/token'))).toEqual([])
}

async function examine(variables: Record<string, string> = {}, timing = DOCTOR_TIMING): Promise<readonly Finding[]> {
  const findings = await runDoctor(readConfig({ ...simulator.environment, ACCESS: 'open', ...variables }), timing)
  expectHarmless(formatReport(findings))
  return findings
}

/** A row as one line. */
function rowOf(findings: readonly Finding[], source: Finding['source'], check: string): string {
  const { result, seen, advice = '' } = findings.find((row) => row.source === source && row.check === check) ?? {}
  return `${result}: ${seen} ${advice}`
}

const checksOf = (findings: readonly Finding[], source: Finding['source']): string[] =>
  findings.filter((row) => row.source === source).map(({ check, result }) => `${check} ${result}`)

describe('a healthy pair of upstreams', () => {
  test('is fit to run, and is asked no more than needed', async () => {
    const findings = await examine()
    expect(findings.filter(({ result }) => result !== 'ok')).toEqual([])
    expect(rowOf(findings, 'LEGACY', 'sign-in')).toContain('role: admin')
    expect(rowOf(findings, 'LEGACY', 'list')).toContain('Guide dialect: GET /user gives a list, 100 users')
    expect(rowOf(findings, 'LEGACY', 'paging')).toContain('page 2 goes on')
    expect(rowOf(findings, 'LEGACY', 'count')).toContain("count is the page's rows")
    expect(rowOf(findings, 'LEGACY', 'list rows')).toContain('full')
    expect(rowOf(findings, 'LEGACY', 'single user')).toContain('role, timezone, locale, created_at, updated_at')
    expect(rowOf(findings, 'SITE_PARTNER', 'token')).toMatch(/86400 s\. Scopes: .*read:site-partner-users/)
    expect(rowOf(findings, 'SITE_PARTNER', 'list')).toContain('100 users on the first page, hasMore is true')
    expect(rowOf(findings, 'SITE_PARTNER', 'archived')).toMatch(/Archived users are listed: \d+ of 100/)
    const legacyCalls = { 'GET /user/self': 1, 'GET /user': 2, 'GET /user/{user_id}': 1 }
    expect(simulator.legacy.calls.byEndpoint()).toEqual(legacyCalls)
    expect(simulator.sitePartner.calls.byEndpoint()).toEqual({ 'POST /oauth/token': 1, [`GET ${USERS}`]: 1 })
  })

  test('a source without credentials is a row, not a failure', async () => {
    const findings = await examine({ LEGACY_APPLICATION_KEY: '', LEGACY_USER_API_KEY: '' })
    expect(rowOf(findings, 'LEGACY', 'settings')).toContain('skip: Not configured: LEGACY_APPLICATION_KEY and')
    expect(hasFailed(findings)).toBe(false)
    expect(simulator.legacy.calls.count()).toBe(0)
    const none = await runDoctor({ routerSecret: undefined, legacy: undefined, sitePartner: undefined })
    expect(none.map(({ result }) => result)).toEqual(['ok', 'skip', 'skip'])
  })
})

describe('the dialects of LEGACY', () => {
  test.each([
    [{ rows: 'guide', wrapped: true, numericIds: true }, 'list rows', /^ok: List rows hold the guide's five fields/],
    [{ count: 'total' }, 'count', /^ok: .* the total, 250/],
    [{ detail: 'sparse' }, 'single user', /^warn: .*lacks role, timezone/],
    [{ ignorePage: true }, 'paging', /^FAIL: Page 2 is page 1 again/],
    [{ omitUsers: true }, 'list', /^FAIL: UPSTREAM_INVALID_RESPONSE: .*'users'/],
    [{ dialect: 'vendor' }, 'sign-in', /^ok: .*vendor dialect/],
    [{ dialect: 'vendor' }, 'list', /^FAIL: .*answers with the caller, not with a list/],
  ])('%j: %s', async (switches, check, text) => {
    Object.assign(simulator.legacy.switches, switches)
    expect(rowOf(await examine(), 'LEGACY', check)).toMatch(text)
  })

  test.each([
    ['basic', 'headers'],
    ['headers', 'basic'],
  ] as const)('keys taken as %s only, sent as %s: says which works, and goes on with it', async (works, configured) => {
    simulator.legacy.switches.auth = works
    const findings = await examine({ LEGACY_API_AUTH: configured })
    expect(rowOf(findings, 'LEGACY', 'sign-in')).toBe(
      `FAIL: The keys are refused when sent as ${configured}, and taken as ${works}. Set LEGACY_API_AUTH=${works}.`,
    )
    expect(rowOf(findings, 'LEGACY', 'list')).toContain('ok: Guide dialect')
  })

  test('no /user/self, but a list', async () => {
    simulator.legacy.faults.add({ kind: 'status', status: 404, endpoint: 'GET /user/self' })
    const findings = await examine()
    expect(checksOf(findings, 'LEGACY').slice(0, 4)).toEqual(['settings ok', 'sign-in warn', 'list ok', 'paging ok'])
  })

  /** A guide-dialect API of so many users, which gives at most `largest` rows whatever is asked for. */
  async function withStandIn<T>(users: number, largest: number, use: (url: string) => Promise<T>): Promise<T> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const all = Array.from({ length: users }, (_, index) => ({ user_id: `stand-in-${index}` }))
      const page = Number(url.searchParams.get('page') ?? 1)
      const rows = all.slice((page - 1) * largest, page * largest)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(url.pathname === '/user' ? { users: rows, count: users } : { user: all[0] }))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  }

  test.each([
    [50, 20, /^FAIL: The first page has 20 rows and not 100, yet page 2 has/, /^ok: count is .* the total, 50/],
    [20, 20, /^ok: The list ends with the first page; page 2 is empty/, /^ok: count is the rows/],
    [100, 100, /^ok: The list ends with the first page/, /^ok: count is the rows/],
    [300, 200, /^FAIL: 200 rows on a page of 100/, /^ok: count is not the page's/],
  ])('%i users, at most %i a page', async (users, largest, paging, count) => {
    const findings = await withStandIn(users, largest, (url) => examine({ LEGACY_API_URL: url }))
    expect(rowOf(findings, 'LEGACY', 'paging')).toMatch(paging)
    expect(rowOf(findings, 'LEGACY', 'count')).toMatch(count)
    expect(rowOf(findings, 'LEGACY', 'list rows')).toMatch(/^warn: List rows lack firstname, lastname, email, status/)
  })

  test('nobody in the list is worth a warning', async () => {
    const findings = await withStandIn(0, 100, (url) => examine({ LEGACY_API_URL: url }))
    expect(rowOf(findings, 'LEGACY', 'list')).toMatch(/^warn: .*nobody is in it/)
  })
})

describe('what goes wrong, and what to do about it', () => {
  test('wrong legacy keys', async () => {
    const findings = await examine({ LEGACY_USER_API_KEY: 'mistyped' })
    expect(rowOf(findings, 'LEGACY', 'sign-in')).toMatch(
      /^FAIL: UPSTREAM_UNAUTHORIZED, status 401, sent as headers and as basic alike\. Check LEGACY_APPLICATION_KEY/,
    )
    expect(checksOf(findings, 'LEGACY').at(-1)).toBe('list skip')
  })

  test('a single user who is hidden', async () => {
    simulator.legacy.faults.add({ kind: 'status', status: 404, endpoint: 'GET /user/{user_id}' })
    expect(rowOf(await examine(), 'LEGACY', 'single user')).toMatch(/^FAIL: GET \/user\/{id} is 404/)
  })

  test('a 401 on the list alone is a missing right', async () => {
    simulator.legacy.faults.add({ kind: 'status', status: 401, endpoint: 'GET /user' })
    const findings = await examine()
    expect(checksOf(findings, 'LEGACY')).toEqual(['settings ok', 'sign-in ok', 'list FAIL'])
    expect(rowOf(findings, 'LEGACY', 'list')).toContain('The keys themselves are good')
  })

  test.each([
    [{ kind: 'redirect', location: 'https://new.example/a?key=1' }, 'status 307 LEGACY_API_URL must be the final URL'],
    [{ kind: 'not-json' }, 'a proxy or a web site answers, not the API: check LEGACY_API_URL'],
    [{ kind: 'wrong-content-type' }, 'the answer is not JSON. Probably a proxy'],
    [{ kind: 'throttle' }, 'UPSTREAM_THROTTLED, status 429 Wait'],
    // Of /user/self alone it would be another dialect.
    [{ kind: 'status', status: 404 }, 'status 404 Check LEGACY_API_URL'],
    [{ kind: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE, status 503 The trouble is on their side'],
    [{ kind: 'status', status: 403, body: '<p>no', contentType: 'text/html' }, 'Probably a proxy or firewall refuses'],
    [{ kind: 'drop' }, 'UPSTREAM_UNAVAILABLE, UND_ERR_SOCKET Check host and port in LEGACY_API_URL'],
  ] as const)('%j', async (fault, text) => {
    simulator.legacy.faults.add(fault)
    const findings = await examine()
    expect(rowOf(findings, 'LEGACY', 'sign-in')).toContain(text)
    expect(formatReport(findings)).not.toContain('key=1')
    expect(checksOf(findings, 'SITE_PARTNER')).not.toContainEqual(expect.stringContaining('FAIL'))
  })

  test.each([
    [
      { LEGACY_API_URL: 'http://127.0.0.1:1' },
      'UPSTREAM_UNAVAILABLE, ECONNREFUSED Check host and port in LEGACY_API_U',
    ],
    [{ LEGACY_USER_API_KEY: 'a\nb' }, 'UND_ERR_INVALID_ARG A credential has characters that no header can carry'],
  ])('%j', async (variables, text) => {
    expect(rowOf(await examine(variables), 'LEGACY', 'sign-in')).toContain(text)
  })

  test.each([
    ['ENOTFOUND', 'Check the host in LEGACY_API_URL'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ])('%s', (systemCode, text) => {
    const fault = { stage: 'unanswered', error: upstreamError('UPSTREAM_UNAVAILABLE', 'LEGACY'), systemCode } as const
    expect(failedCall(fault, { url: 'LEGACY_API_URL', unauthorized: '', forbidden: '' }).advice).toContain(text)
  })

  test.each([
    [{ SITE_PARTNER_CLIENT_SECRET: 'wrong' }, 'status 401 Check SITE_PARTNER_CLIENT_ID and SITE_PARTNER_CLIENT_SECRET'],
    [{ SITE_PARTNER_AUDIENCE: 'https://other.example' }, 'status 403 Check SITE_PARTNER_AUDIENCE'],
    [{ SITE_PARTNER_TOKEN_URL: 'http://127.0.0.1:1/oauth/token' }, 'ECONNREFUSED'],
  ])('no token: %j', async (variables, text) => {
    const findings = await examine(variables)
    expect(rowOf(findings, 'SITE_PARTNER', 'token')).toContain(text)
    expect(checksOf(findings, 'SITE_PARTNER')).toEqual(['settings ok', 'token FAIL', 'list skip'])
  })

  test('a token without the right to list, of short life', async () => {
    Object.assign(simulator.sitePartner.switches, { scope: 'read:site-partners', tokenLifetimeSeconds: 60 })
    const findings = await examine()
    expect(rowOf(findings, 'SITE_PARTNER', 'token')).toContain('warn: A token for 60 s. Scope: read:site-partners')
    expect(rowOf(findings, 'SITE_PARTNER', 'list')).toContain('status 403 The token is good, but has no right to list')
  })

  test.each([
    [{ access_token: 'x', expires_in: 3600 }, 'ok: A token for 3600 s. No scopes are told.'],
    [{ access_token: 'x', scope: 'a b@example.com \u001B[2J' }, 'warn: A token without a lifetime. Scopes: a (a wo'],
    [{ access_token: 'x', expires_in: 3600, token_type: 'mac' }, 'warn: A token was given, but not as Bearer.'],
    [{ token: 'x' }, 'FAIL: UPSTREAM_INVALID_RESPONSE: SITE_PARTNER gave an answer that breaks its contract'],
  ])('the token answer %j', async (body, text) => {
    simulator.sitePartner.faults.add({ kind: 'status', status: 200, body, endpoint: 'POST /oauth/token' })
    const findings = await examine()
    expect(rowOf(findings, 'SITE_PARTNER', 'token')).toContain(text)
    expect(formatReport(findings)).not.toContain('\u001B')
  })

  test.each([
    [{ omitItems: true }, 'list', /^FAIL: UPSTREAM_INVALID_RESPONSE: .*'items'/],
    [{ hasMoreWithoutItems: true }, 'list', /^FAIL: The list promises more/],
    [{ networkId: 'another' }, 'list', /^warn: The list has no users/],
    [{ listArchived: false }, 'archived', /^ok: No archived user on this page/],
  ])('site partners with %j: %s', async (switches, check, text) => {
    Object.assign(simulator.sitePartner.switches, switches)
    expect(rowOf(await examine(), 'SITE_PARTNER', check)).toMatch(text)
  })

  test('no answer in time, for one call and for all', async () => {
    simulator.legacy.faults.add({ kind: 'hang' })
    const slow = await examine({}, { attemptTimeoutMs: 200, deadlineMs: 20_000 })
    expect(rowOf(slow, 'LEGACY', 'sign-in')).toContain('FAIL: UPSTREAM_TIMEOUT')
    const late = await examine({}, { attemptTimeoutMs: 20_000, deadlineMs: 300 })
    expect(rowOf(late, 'LEGACY', 'sign-in')).toContain('FAIL: DEADLINE_EXCEEDED')
  })
})

describe('the process', () => {
  /** With these variables and no others: whatever this machine has set stays out. */
  function run(env: Record<string, string>): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const main = join(import.meta.dirname, '../../src/doctor/main.ts')
    return new Promise((resolve) => {
      execFile(process.execPath, [main], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, stdout, stderr }),
      )
    })
  }

  test('fit to run: a table, a last line with the sum, exit code 0', async () => {
    const { code, stdout, stderr } = await run({ ...simulator.environment, ROUTER_SECRET: 'the-router-secret' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^source {8}check {8}result {2}what was seen$/)
    expect(lines.at(-1)).toBe('Fit to run: 12 ok, 0 warn, 0 FAIL, 0 skip.')
    expect(lines.every((line) => line.length <= 120)).toBe(true)
    expectHarmless(stdout)
  })

  test('not fit to run: exit code 1, and still nothing private', async () => {
    simulator.legacy.switches.dialect = 'vendor'
    simulator.sitePartner.faults.add({ kind: 'not-json', endpoint: `GET ${USERS}` })
    const { code, stdout, stderr } = await run({ ...simulator.environment, ROUTER_SECRET: 'the-router-secret' })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/\nNot fit to run: 5 ok, 0 warn, 2 FAIL, 0 skip\.\n$/)
    expectHarmless(stdout)
  })

  test('faulty settings are a row each, and nothing is called', async () => {
    const { code, stdout } = await run({ ...simulator.environment, LEGACY_API_URL: 'ftp://x', LEGACY_API_AUTH: 'x' })
    expect(code).toBe(1)
    expect(stdout.match(/^settings +environment +FAIL/gm)).toHaveLength(3)
    expect(stdout).toMatch(/LEGACY_API_URL is an https[^]*LEGACY_API_AUTH is one of[^]*ROUTER_SECRET is what/)
    expect(simulator.legacy.calls.count() + simulator.sitePartner.calls.count()).toBe(0)
    expectHarmless(stdout)
  })

  test('nothing configured', async () => {
    const { code, stdout } = await run({ ACCESS: 'open' })
    expect(code).toBe(1)
    expect(stdout).toContain('No source has credentials')
  })
})
