import { NETWORK_ID } from '../people/records.ts'
import type { SwitchesOf } from '../server/switches.ts'

const EVERY_SCOPE =
  'read:site-partners read:site-partner-users create:site-partner-users update:site-partner-users ' +
  'archive:site-partner-users'

/** How the site partner upstream behaves; the first value of each (or the only one) is the default. */
export const SITE_PARTNER_SWITCHES = {
  /** The status of an archive call; its body is always empty. */
  archiveStatus: [200, 204],
  /** Whether archiving takes the names away too. */
  archiveWipesNames: [false, true],
  /** Whether lists hold archived users. */
  listArchived: [true, false],
  /** `2023-06-07T17:32:28Z`, or with `.000`. */
  timestamps: ['seconds', 'milliseconds'],
  /** The answer to a `startingAfter` that is nobody's id. */
  unknownCursor: ['bad-request', 'not-found', 'empty', 'first-page'],
  /** Lists say `hasMore: true` and hold nothing. */
  hasMoreWithoutItems: [false, true],
  /** Lists answer the first page again and again, with `hasMore: true`. */
  cursorStuck: [false, true],
  /** A list answer without its `items`. */
  omitItems: [false, true],
  createStatus: [200, 201],
  /** The answer to an e-mail that another active user of the network has. */
  duplicateStatus: [409, 400, 'allow'],
  /** The answer to a create for a site partner that there is not. */
  unknownPartnerStatus: [400, 404, 'allow'],
  /** What tokens issued from now on may do, in words with spaces between. */
  scope: EVERY_SCOPE,
  /** How long tokens issued from now on last, by the simulator's clock. */
  tokenLifetimeSeconds: 86_400,
  /** The network that the client belongs to: it sees nobody of any other, and new users are in it. */
  networkId: NETWORK_ID,
} as const

export type SitePartnerSwitches = SwitchesOf<typeof SITE_PARTNER_SWITCHES>
