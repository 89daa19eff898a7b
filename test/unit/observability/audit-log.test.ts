import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { ConfigError, readConfig } from '../../../src/config.ts'
import type { AuditRecord } from '../../../src/identity/writes/audit-record.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { openAuditLog, writeToFile } from '../../../src/observability/audit-log.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'audit-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const now = (): Date => new Date('2026-01-02T03:04:05Z')
const record = (requestId: string): AuditRecord => ({
  event: 'outcome',
  requestId,
  caller: 'router',
  action: 'update',
  source: 'LEGACY',
  id: 'legacy:1',
  fields: ['email'],
  outcome: 'REJECTED',
  codes: ['CONFLICT'],
})
const linesOf = (text: string): any[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('the audit log', () => {
  it('adds lines of JSON to the end of a file that nobody else can read', async () => {
    const file = join(folder, 'new.log')
    for (const requestId of ['1', '2']) {
      const audit = await openAuditLog(file, now)
      await audit.append(record(requestId))
      await audit.close()
    }
    const { event: audit, ...rest } = record('1')
    expect(linesOf(readFileSync(file, 'utf8'))).toEqual([
      { time: '2026-01-02T03:04:05.000Z', audit, ...rest },
      { time: '2026-01-02T03:04:05.000Z', audit, ...rest, requestId: '2' },
    ])
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
  })

  it('keeps lines whole that are written at once, in their order', async () => {
    const file = join(folder, 'many.log')
    const audit = await openAuditLog(file, now)
    const ids = Array.from({ length: 50 }, (_, index) => `${index}-${'x'.repeat(5_000)}`)
    await Promise.all(ids.map((id) => audit.append(record(id))))
    expect(linesOf(readFileSync(file, 'utf8')).map(({ requestId }) => requestId)).toEqual(ids)
    await audit.close()
  })

  it('writes nothing of a record but what it knows', async () => {
    const file = join(folder, 'known.log')
    const audit = await openAuditLog(file, now)
    await audit.append({ ...record('1'), email: 'ana@example.com' } as AuditRecord)
    expect(readFileSync(file, 'utf8')).not.toContain('ana@example.com')
    await audit.close()
  })

  it('settles only when standard output has taken the line, and rejects when it has not', async () => {
    const waiting: ((error?: Error) => void)[] = []
    const stream = new Writable({ write: (_chunk, _encoding, done) => void waiting.push(done) })
    stream.on('error', () => undefined)
    const audit = await openAuditLog('stdout', now, stream)
    let settled = false
    const first = audit.append(record('1')).finally(() => (settled = true))
    await new Promise(setImmediate)
    expect([waiting.length, settled]).toEqual([1, false])
    waiting[0]?.()
    await first
    const second = audit.append(record('2'))
    await new Promise(setImmediate)
    waiting[1]?.(new Error('nobody reads this any more'))
    await expect(second).rejects.toThrow()
  })

  // AUDIT_LOG=/dev/null let no mutation through: what is no file cannot be synced, and that was taken for a lost record.
  it('takes a device that has nothing to sync', async () => {
    const audit = await openAuditLog('/dev/null', now)
    await expect(audit.append(record('1'))).resolves.toBeUndefined()
    await audit.close()
  })

  // After a full disk the first good line was put behind the half one, and both were lost to whoever reads lines.
  it('begins a new line behind one that was written in part', async () => {
    let text = ''
    let isFull = false
    const appendFile = async (data: unknown): Promise<void> => {
      text += isFull ? String(data).slice(0, 5) : String(data)
      if (isFull) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    }
    const write = writeToFile({ appendFile, datasync: async () => undefined }, false)
    await write('first\n')
    isFull = true
    await expect(write('{"half":1}\n')).rejects.toThrow('no space left')
    isFull = false
    await write('second\n')
    await write('third\n')
    expect(text).toBe('first\n{"hal\nsecond\nthird\n')
  })

  // The same, where the server was started again in between.
  it('begins a new line behind what a server before left half written', async () => {
    const file = join(folder, 'torn.log')
    for (const requestId of ['1', '2']) {
      const audit = await openAuditLog(file, now)
      await audit.append(record(requestId))
      await audit.close()
    }
    appendFileSync(file, '{"time":"2026')
    const audit = await openAuditLog(file, now)
    await audit.append(record('3'))
    await audit.close()
    const lines = readFileSync(file, 'utf8').split('\n')
    expect(lines).toEqual([expect.anything(), expect.anything(), '{"time":"2026', expect.stringContaining('"3"'), ''])
  })

  it('rejects where the line is not on the disk', async () => {
    const datasync = async (): Promise<void> => {
      throw Object.assign(new Error('the disk is gone'), { code: 'EIO' })
    }
    await expect(writeToFile({ appendFile: async () => undefined, datasync }, false)('line\n')).rejects.toThrow('gone')
  })

  it.each(['is a folder', 'lies below a file'])('keeps the server from starting where its file %s', async (why) => {
    writeFileSync(join(folder, 'file'), '')
    const AUDIT_LOG = why === 'is a folder' ? folder : join(folder, 'file', 'audit.log')
    const keys = { LEGACY_APPLICATION_KEY: 'a', LEGACY_USER_API_KEY: 'b' }
    const started = createApp(readConfig({ ACCESS: 'open', ...keys, AUDIT_LOG }), createLogger())
    await expect(started).rejects.toThrow(ConfigError)
    await expect(started).rejects.toThrow('AUDIT_LOG is "stdout", or a file')
  })
})
