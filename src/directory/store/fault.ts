/** What is wrong with the store. None of these says anything about an account or an upstream. */
export type FaultReason =
  /** No room is left on the disk. */
  | 'full'
  /** The file is damaged. It is moved aside, and begun anew. */
  | 'corrupt'
  /** The file was taken away, or is being begun anew. */
  | 'lost'
  /** The file was written by another version of this program. */
  | 'other-version'
  /** The file is another program's database. */
  | 'foreign'
  /** Another process has the file. */
  | 'in-use'
  /** The worker ended before it had answered. The next call starts another. */
  | 'died'
  | 'closed'
  /** So many questions wait that one more would not be answered in time. */
  | 'busy'
  /** Whoever asked has left. */
  | 'given-up'
  /** The question needs a whole sweep first. */
  | 'unready'
  /** Anything else that the database refused. */
  | 'broken'

export class DirectoryFault extends Error {
  override readonly name = 'DirectoryFault'
  readonly reason: FaultReason

  constructor(reason: FaultReason, options: { cause?: unknown } = {}) {
    super(`The directory's store is not usable: ${reason}.`, options)
    this.reason = reason
  }
}

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_NOTADB = 26

const REASONS: Readonly<Record<number, FaultReason>> = {
  [SQLITE_BUSY]: 'in-use',
  [SQLITE_CORRUPT]: 'corrupt',
  [SQLITE_FULL]: 'full',
  [SQLITE_NOTADB]: 'corrupt',
}

/** What went wrong in the database, as a fault. */
export function toFault(error: unknown): DirectoryFault {
  if (error instanceof DirectoryFault) return error
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE') {
    return new DirectoryFault('closed', { cause: error })
  }
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  // The low byte is the kind, what is above it narrows it down.
  const reason = typeof code === 'number' ? REASONS[code & 0xff] : undefined
  return new DirectoryFault(reason ?? 'broken', { cause: error })
}

/** Runs it; whatever is thrown is a DirectoryFault. */
export function guarded<Result>(run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    throw toFault(error)
  }
}
