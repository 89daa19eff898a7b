import type { DatabaseSync } from 'node:sqlite'
import type { IdentityChangeKind } from '../../identity/identity-change.ts'
import { SOURCES, type IdentitySource } from '../../identity/identity.ts'
import { DirectoryFault } from './fault.ts'
import { ALL_FIELDS } from './fields.ts'

/** Marks the file as ours. */
export const APPLICATION_ID = 0x1d_e2_71_7e
/** Of the tables, and of whatever they hold that is computed here: order keys, words, bits. No file is carried over. */
const VERSION = 3

/** Each source has tables of its own, so that one can be loaded and indexed whatever the other does. */
export const TABLES: Readonly<Record<IdentitySource, string>> = { LEGACY: 'legacy', SITE_PARTNER: 'site_partner' }

/** Statuses as numbers; null: never carried. ACTIVE is what most accounts are. */
export const STATUS_CODES = { ACTIVE: 0, INACTIVE: 1, ARCHIVED: 2, UNKNOWN: 3 } as const

/**
 * - `account`: what is known of each, and since when. Texts that repeat are numbers in `term`; instants are milliseconds,
 *   with the text beside them only where it is not the usual one. A sweep that finds nothing new writes no index.
 * - `tally`: how many accounts there are of each kind, so that counting them reads a handful of rows.
 * - `gone`: who was removed and when that was asked for.
 * - `name`: the words of names.
 *
 * `source` says of each whether its indexes are built, and when the newest reading of any account was asked for.
 */
function tablesOf(source: IdentitySource): string {
  const table = TABLES[source]
  return `
    CREATE TABLE ${table}_account (
      k INTEGER PRIMARY KEY AUTOINCREMENT,
      asked_at INTEGER NOT NULL, as_of INTEGER NOT NULL, carried INTEGER NOT NULL, rest_asked_at INTEGER,
      sweep INTEGER NOT NULL, predecessor INTEGER,
      source_id TEXT NOT NULL UNIQUE, known INTEGER NOT NULL,
      email_key TEXT, email_text TEXT, first_name TEXT, last_name TEXT, name_key TEXT, status INTEGER,
      source_status INTEGER, role INTEGER, timezone INTEGER, locale INTEGER, network INTEGER, partner INTEGER,
      domain INTEGER, created_at INTEGER, created_text TEXT, updated_at INTEGER, updated_text TEXT
    ) STRICT;
    CREATE TABLE ${table}_tally (
      known INTEGER, status INTEGER, n INTEGER NOT NULL, PRIMARY KEY (known, status)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ${table}_gone (source_id TEXT PRIMARY KEY, asked_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE VIRTUAL TABLE ${table}_name USING
      fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix='1 2');
    INSERT INTO source VALUES ('${source}', 0, 0);
  `
}

/** Creations of the last 24 hours: digests, and ids of accounts. Nothing personal. */
const PROVISION_TABLE = `
    CREATE TABLE provision (
      key TEXT PRIMARY KEY, asked TEXT NOT NULL, kind INTEGER NOT NULL, source_id TEXT, started_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
`

/** As numbers, by their place here. */
export const CHANGE_KIND_CODES = {
  PROVISIONED: 0,
  UPDATED: 1,
  DEACTIVATED: 2,
  REACTIVATED: 3,
  ARCHIVED: 4,
  GONE: 5,
} as const satisfies Record<IdentityChangeKind, number>

/** As many bits as a JavaScript number holds. */
export const RANDOM_RUN = `random() & ${Number.MAX_SAFE_INTEGER}`

/**
 * What happened to accounts, and which fields it was about; no values. The newest row is never deleted, so no number is given
 * twice. The oldest is where the log begins, whatever it was before; `run`: see ChangeLog.
 */
const CHANGE_TABLE = `
    CREATE TABLE change (
      seq INTEGER PRIMARY KEY, run INTEGER NOT NULL,
      source INTEGER, source_id TEXT, kind INTEGER, fields INTEGER, observed_at INTEGER
    ) STRICT;
    INSERT INTO change (run) VALUES (${RANDOM_RUN});
`

/** For each order, the column that carries it. All of them go on by source id. */
export const ORDER_COLUMNS = {
  BY_SOURCE: 'created_at',
  CREATED_AT: 'created_at',
  UPDATED_AT: 'updated_at',
  EMAIL: 'email_key',
  NAME: 'name_key',
} as const

/** Below every value of the column: where nulls end in an index. They may be most of it, and cannot be stepped over. */
export const LOWEST = {
  created_at: Number.MIN_SAFE_INTEGER,
  updated_at: Number.MIN_SAFE_INTEGER,
  email_key: '',
  name_key: '',
} as const

/** Columns by which few accounts of many are found. */
export const TERM_COLUMNS = ['role', 'network', 'partner', 'domain'] as const

/** Built when a first sweep was whole: sorting a million rows once is much cheaper than keeping them sorted as they come. */
export function indexStatements(source: IdentitySource): string[] {
  const table = TABLES[source]
  const index = (name: string, definition: string): string =>
    `CREATE INDEX IF NOT EXISTS ${table}_${name} ON ${table}_account ${definition}`
  const orders = [...new Set(Object.values(ORDER_COLUMNS))]
  return [
    // With the status beside the address, an audit reads this index alone, however many accounts there are.
    ...orders.map((column) =>
      index(`by_${column}`, `(${column}, source_id${column === 'email_key' ? ', status' : ''})`),
    ),
    ...TERM_COLUMNS.map((column) => index(`by_${column}`, `(${column}) WHERE ${column} IS NOT NULL`)),
    // Whoever asks for the active ones finds them everywhere.
    index('by_status', `(status) WHERE status <> ${STATUS_CODES.ACTIVE}`),
    index('lacking', `(k) WHERE known <> ${ALL_FIELDS}`),
    // By what lists carried, of which there are few kinds, and then the oldest rest first.
    index('rest', '(carried, rest_asked_at) WHERE rest_asked_at IS NOT NULL'),
  ]
}

/** Up to here a file is looked through before it is used: it takes a tenth of a second, and three seconds for a gigabyte. */
export const CHECKED_AT_ONCE_BYTES = 32 * 1024 * 1024

/**
 * Makes a new file ours, or makes sure that this one is. One that is too large to be looked through is for the caller to check.
 *
 * @throws DirectoryFault `other-version`, `foreign`, or `corrupt`.
 */
export function prepareFile(database: DatabaseSync): void {
  const applicationId = pragma(database, 'application_id')
  if (applicationId === 0 && pragma(database, 'schema_version') === 0) return createTables(database)
  if (applicationId !== APPLICATION_ID) throw new DirectoryFault('foreign')
  if (pragma(database, 'user_version') !== VERSION) throw new DirectoryFault('other-version')
  const bytes = Number(pragma(database, 'page_count')) * Number(pragma(database, 'page_size'))
  if (bytes <= CHECKED_AT_ONCE_BYTES) checkFile(database)
}

/**
 * Looks through the whole file.
 *
 * @throws DirectoryFault `corrupt`.
 */
export function checkFile(database: DatabaseSync): void {
  if (pragma(database, 'quick_check(1)') !== 'ok') throw new DirectoryFault('corrupt')
}

function createTables(database: DatabaseSync): void {
  database.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE source (source TEXT PRIMARY KEY, indexed INTEGER NOT NULL, asked_at INTEGER NOT NULL) STRICT;
    CREATE TABLE sweep (
      sweep INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, started_at INTEGER NOT NULL,
      progress TEXT, closed_at INTEGER, whole INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    ${PROVISION_TABLE}
    ${CHANGE_TABLE}
    ${SOURCES.map(tablesOf).join('')}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${VERSION};
    COMMIT;
  `)
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]
}
