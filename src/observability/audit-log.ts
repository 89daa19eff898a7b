import { open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import type { AuditLog, AuditRecord } from '../identity/writes/audit-record.ts'

export interface ClosableAuditLog extends AuditLog {
  close(): Promise<void>
}

/** Puts one line where it is kept. Settles when it is there. */
type WriteLine = (line: string) => Promise<void>

/**
 * The record of every attempt to write and what became of it, as lines of JSON: on standard output, or at the end of a file
 * that only its owner can read. A line of a file is on the disk before the write that it tells of goes out.
 *
 * @param target `stdout`, or a file's path.
 * @throws the file system's error when the file cannot be written to.
 */
export async function openAuditLog(
  target: string,
  now: () => Date,
  stdout: Writable = process.stdout,
): Promise<ClosableAuditLog> {
  if (target === 'stdout') return auditLog(now, writeTo(stdout), async () => {})
  const file = await open(target, 'a', 0o600)
  const append: WriteLine = async (line) => {
    await file.appendFile(line)
    await file.datasync()
  }
  return auditLog(now, append, () => file.close())
}

function auditLog(now: () => Date, write: WriteLine, close: () => Promise<void>): ClosableAuditLog {
  // One after the other: what is written in parts at the same time would run together.
  let last: Promise<unknown> = Promise.resolve()
  return {
    append(record) {
      const line = lineOf(record, now())
      const written = last.then(() => write(line))
      last = written.catch(() => undefined)
      return written
    },
    async close() {
      await last
      await close()
    },
  }
}

/** Field by field: whatever else an object may carry stays out. `audit` tells these lines from the log's. */
function lineOf(record: AuditRecord, time: Date): string {
  const { event, requestId, caller, action, source, id, fields, outcome, codes } = record
  const shown = {
    time: time.toISOString(),
    audit: event,
    requestId,
    caller,
    action,
    source,
    id,
    fields,
    outcome,
    codes,
  }
  return `${JSON.stringify(shown)}\n`
}

/** A pipe takes a line later than the call returns, and says so. */
function writeTo(stream: Writable): WriteLine {
  return (line) =>
    new Promise((resolve, reject) => {
      stream.write(line, (error) => (error ? reject(error) : resolve()))
    })
}
