import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { guarded } from './fault.ts'
import { APPLICATION_ID } from './schema.ts'

/** The database's header, by SQLite's "Database File Format": https://www.sqlite.org/fileformat2.html. All of it is big-endian. */
const MAGIC = Buffer.from('SQLite format 3\0')
const HEADER_BYTES = 100
const SCHEMA_COOKIE_AT = 40
const APPLICATION_ID_AT = 68

/** Section 4 of the same. */
const LOG_HEADER_BYTES = 32
const LOG_PAGE_SIZE_AT = 8
const LOG_SALTS_AT = 16
const FRAME_HEADER_BYTES = 24
const FRAME_SALTS_AT = 8
const SALTS_BYTES = 8

/**
 * Whether it is the database of another program, told from its bytes alone. A connection would not do: to look at a file
 * SQLite takes locks on it, may recover its log, and makes files beside it. What is no database at all is nobody's.
 *
 * @throws DirectoryFault where the file is there and cannot be read.
 */
export function isForeign(path: string): boolean {
  return guarded(() => {
    const header = readAt(path, 0, HEADER_BYTES)
    if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) return isForeignLog(path)
    return isOfAnother(header) ?? isForeignLog(path)
  })
}

/** Undefined: it has no tables yet, and does not say whose it will be. */
function isOfAnother(header: Buffer): boolean | undefined {
  const applicationId = header.readUInt32BE(APPLICATION_ID_AT)
  if (applicationId === 0 && header.readUInt32BE(SCHEMA_COOKIE_AT) === 0) return undefined
  return applicationId !== APPLICATION_ID
}

/** Until a log is moved into its file for the first time, the first page is there alone. */
function isForeignLog(path: string): boolean {
  const log = `${path}-wal`
  const header = readAt(log, 0, LOG_HEADER_BYTES)
  if (header.length < LOG_HEADER_BYTES) return false
  const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(LOG_PAGE_SIZE_AT)
  const salts = header.subarray(LOG_SALTS_AT, LOG_SALTS_AT + SALTS_BYTES)
  const end = statSync(log).size
  for (let at = LOG_HEADER_BYTES; at < end; at += frameBytes) {
    const frame = readAt(log, at, FRAME_HEADER_BYTES + HEADER_BYTES)
    const isOfThisLog = frame.subarray(FRAME_SALTS_AT, FRAME_SALTS_AT + SALTS_BYTES).equals(salts)
    if (frame.length < FRAME_HEADER_BYTES + HEADER_BYTES || !isOfThisLog) return false
    const whose = frame.readUInt32BE(0) === 1 ? isOfAnother(frame.subarray(FRAME_HEADER_BYTES)) : undefined
    if (whose !== undefined) return whose
  }
  return false
}

/** As many as there are; none, if there is no such file. */
function readAt(path: string, at: number, bytes: number): Buffer {
  if (!statSync(path, { throwIfNoEntry: false })) return Buffer.alloc(0)
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, at))
  } finally {
    closeSync(file)
  }
}
