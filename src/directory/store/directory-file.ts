import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DirectoryFault, guarded, type FaultReason } from './fault.ts'
import { isForeign } from './file-header.ts'

const FOLDER_PREFIX = 'identity-directory-'
/** Until it is locked, a folder has another name: whoever looks for leftovers then need not ask how old they are. */
const NEW_FOLDER_PREFIX = `new-${FOLDER_PREFIX}`
const FILE_NAME = 'directory.db'
/** What SQLite keeps beside a file. */
const COMPANIONS = ['', '-wal', '-shm']

/** A file that no other process writes as long as it is not released. */
export interface DirectoryFile {
  readonly path: string
  readonly durable: boolean
  /** Puts the file out of the way under another name, which is returned; only while nobody has it open. */
  moveAside(reason: FaultReason): string
  release(): void
}

/** A new file in a folder of its own that only we may enter. It is gone when it is released. */
export function temporaryFile(parent: string = tmpdir()): DirectoryFile {
  removeLeftovers(parent)
  const made = mkdtempSync(join(parent, NEW_FOLDER_PREFIX))
  chmodSync(made, 0o700)
  const lock = lockFile(join(made, FILE_NAME))
  const folder = join(parent, basename(made).replace(NEW_FOLDER_PREFIX, FOLDER_PREFIX))
  renameSync(made, folder)
  const path = join(folder, FILE_NAME)
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  createPrivate(path)
  return {
    path,
    durable: false,
    moveAside(reason) {
      // Whoever cleans up behind others may have taken the folder away.
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      return moveAside(path, reason)
    },
    release() {
      lock.close()
      process.off('exit', remove)
      remove()
    },
  }
}

/**
 * A file that stays.
 *
 * @throws DirectoryFault `in-use` if another process has it; `foreign` if it is another program's, of which nothing is
 * touched then; `broken` if it cannot be written.
 */
export function persistentFile(path: string): DirectoryFile {
  // A folder that is given the mode of a file cannot be entered any more.
  if (guarded(() => statSync(path, { throwIfNoEntry: false }))?.isFile() === false) throw new DirectoryFault('broken')
  // To look at a file ends every lock that this process has on it. It has none as long as nobody has made the other file.
  if (!existsSync(lockPath(path)) && isForeign(path)) throw new DirectoryFault('foreign')
  const lock = lockFile(path)
  try {
    if (isForeign(path)) throw new DirectoryFault('foreign')
    guarded(() => createPrivate(path))
  } catch (error) {
    lock.close()
    throw error
  }
  return { path, durable: true, moveAside: (reason) => moveAside(path, reason), release: () => lock.close() }
}

function lockPath(path: string): string {
  return `${path}-lock`
}

/** A lock of the operating system, on a file beside it: it ends with the process, however that ends. */
function lockFile(path: string): DatabaseSync {
  return guarded(() => {
    createPrivate(lockPath(path))
    const lock = new DatabaseSync(lockPath(path))
    try {
      lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
      return lock
    } catch (error) {
      lock.close()
      throw error
    }
  })
}

/**
 * SQLite gives what it keeps beside a file the file's own mode. A file that is there is not opened: closing it again would
 * end every lock that this process has on it.
 */
function createPrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600))
  chmodSync(path, 0o600)
}

function moveAside(path: string, reason: FaultReason): string {
  let number = 1
  while (existsSync(`${path}.${reason}-${number}`)) number++
  const aside = `${path}.${reason}-${number}`
  for (const companion of COMPANIONS) {
    if (existsSync(path + companion)) renameSync(path + companion, aside + companion)
  }
  createPrivate(path)
  return aside
}

/** Killed processes leave their folders behind, and there are people's data in them. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name)
    if (!name.startsWith(FOLDER_PREFIX) || !existsSync(lockPath(join(folder, FILE_NAME)))) continue
    try {
      lockFile(join(folder, FILE_NAME)).close()
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Its process is alive, it is another user's, or somebody else takes it away: no reason not to start.
    }
  }
}
