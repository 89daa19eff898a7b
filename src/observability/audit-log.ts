import { open, type FileHandle } from 'node:fs/promises'
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
  return auditLog(now, writeToFile(file, await endsWithinLine(target, file)), () => file.close())
}

/**
 * On a disk that is full a line may be written in part. The next one must not run into it.
 *
 * @param isTorn whether what was written last does not end as a line does.
 */
export function writeToFile(file: Pick<FileHandle, 'appendFile' | 'datasync'>, isTorn: boolean): WriteLine {
  return async (line) => {
    const text = isTorn ? `\n${line}` : line
    isTorn = true
    await file.appendFile(text)
    isTorn = false
    await file.datasync().catch(unlessNothingToSync)
  }
}

/** What a process before us left, which may have ended for want of room. What is no file has no end to look at. */
async function endsWithinLine(path: string, file: FileHandle): Promise<boolean> {
  const stats = await file.stat()
  if (!stats.isFile() || stats.size === 0) return false
  // One that may only be written to is not looked at: an empty line does less harm than a lost one.
  const reader = await open(path, 'r').catch(() => undefined)
  if (!reader) return true
  try {
    const { buffer } = await reader.read(Buffer.alloc(1), 0, 1, stats.size - 1)
    return buffer.toString() !== '\n'
  } finally {
    await reader.close()
  }
}

/** Linux says so of what is no file but a pipe or a device, `/dev/null` among them. */
function unlessNothingToSync(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EINVAL') throw error
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
