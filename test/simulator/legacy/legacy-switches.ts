import type { SwitchesOf } from '../server/switches.ts'

/** How the legacy upstream behaves; the first value of each is the default. */
export const LEGACY_SWITCHES = {
  /** Which credentials it takes. Keys in the query are refused whatever this says. */
  auth: ['any', 'headers', 'basic'],
  /** What list rows hold: everything, or the five fields of the guide (user_id, firstname, lastname, email, status). */
  rows: ['full', 'guide'],
  /** What a single GET holds: everything, or the same five fields. */
  detail: ['full', 'sparse'],
  /** What `count` in a list answer means: rows on this page, or people in all. */
  count: ['page', 'total'],
  /** Answers the first page whatever `page` says. */
  ignorePage: [false, true],
  /** What comes after the last page: no rows, the last page again, or 404. */
  pastEnd: ['empty', 'last-page', 'not-found'],
  /** Wraps each row once more: `{"users":[{"user":{…}}]}`. */
  wrapped: [false, true],
  /** `vendor`: GET /user answers the caller, /user/self is 404, PUT is 405, and a missing right is 401, not 403. */
  dialect: ['guide', 'vendor'],
  /** What PUT does to fields left out: resets them, keeps them, or refuses. */
  put: ['replace', 'merge', 'reject-missing'],
  /** Whether POST takes role, status, timezone and locale, or leaves them to a later PUT. */
  createFields: ['all', 'required'],
  createdStatus: [200, 201],
  /** The answer to an e-mail that somebody else has. */
  duplicateStatus: [400, 409],
  /** A list answer without its `users`. */
  omitUsers: [false, true],
  /** Ids as JSON numbers: the digits of the usual id. Both forms are taken in paths. */
  numericIds: [false, true],
  /** `2011-08-20T17:56:23Z`, or `2011-08-20 17:56:23`. */
  timestamps: ['iso', 'vendor'],
  /** The keys may read only: writes are 403. */
  readOnlyKeys: [false, true],
} as const

export type LegacySwitches = SwitchesOf<typeof LEGACY_SWITCHES>
