import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { fileSecret } from '../../../src/config/secret.ts'

const LEGACY = { LEGACY_APPLICATION_KEY: 'hush-app', LEGACY_USER_API_KEY: 'hush-user' }

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'secret-'))))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a secret in a file', () => {
  test('is read again after a change, once a second, and kept while it cannot be read', () => {
    const path = join(folder, 'router')
    let now = 10_000
    const settle = (): string | undefined => {
      now += 1_000
      return routerSecret?.()
    }
    writeFileSync(path, ' first\n')
    const { routerSecret } = readConfig({ ...LEGACY, ROUTER_SECRET_FILE: path }, () => now)
    expect(routerSecret?.()).toBe('first')
    writeFileSync(path, 'second')
    now += 999
    expect(routerSecret?.()).toBe('first')
    now += 1
    expect(routerSecret?.()).toBe('second')
    writeFileSync(path, '')
    expect(settle()).toBe('second')
    rmSync(path)
    expect(settle()).toBe('second')
    // As orchestrators do it: another file takes the name.
    writeFileSync(`${path}.new`, 'third')
    renameSync(`${path}.new`, path)
    expect(settle()).toBe('third')
  })

  // What had changed was told by the file's number, date and length. A key has the length of the one before it, and a tool
  // that writes into the file and keeps its date left the old key in use for ever.
  test('is read again also where its date and its length stay the same', () => {
    const path = join(folder, 'dated')
    const date = new Date(1_000_000_000_000)
    let now = 0
    writeFileSync(path, 'key-1')
    utimesSync(path, date, date)
    const secret = fileSecret(path, () => now)
    writeFileSync(path, 'key-2')
    utimesSync(path, date, date)
    now += 1_000
    expect(secret()).toBe('key-2')
  })

  test('is read again where a link in its path points elsewhere, as Kubernetes does it', () => {
    const mount = join(folder, 'mount')
    for (const version of ['1', '2']) {
      mkdirSync(join(mount, version), { recursive: true })
      writeFileSync(join(mount, version, 'key'), `key-${version}`)
    }
    symlinkSync('1', join(mount, '..data'))
    symlinkSync(join('..data', 'key'), join(mount, 'key'))
    let now = 0
    const secret = fileSecret(join(mount, 'key'), () => now)
    symlinkSync('2', join(mount, '..data_tmp'))
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
    expect([secret(), secret('now')]).toEqual(['key-1', 'key-2'])
    rmSync(join(mount, '1'), { recursive: true })
    now += 1_000
    expect(secret()).toBe('key-2')
  })

  test.each(['', ' \n'])('that holds %j is refused', (text) => {
    const path = join(folder, 'empty')
    writeFileSync(path, text)
    expect(() => readConfig({ ...LEGACY, ROUTER_SECRET_FILE: path })).toThrow(/ROUTER_SECRET_FILE/)
  })
})
