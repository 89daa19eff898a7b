import { normalizeEmail } from '../email.ts'
import type { Identity } from '../identity.ts'
import { ledgerKey, type ProvisionEntry, type ProvisionLedger } from './provision-ledger.ts'

/**
 * For how long a creation of unknown fate keeps others of its address from being sent, in milliseconds: an upstream, or what
 * stands before it, may be done with a request long after we gave it up. Proxies mostly wait for a minute.
 */
const SETTLING_MS = 60_000

/**
 * What the ledger knows of an address, under whatever idempotency key it was asked for. Keys alone do not keep an account from
 * being made twice: who is told UNKNOWN may well ask again with a new one, while the first POST is still on its way.
 */
export class AddressClaim {
  readonly #ledger: ProvisionLedger
  readonly #now: () => Date
  readonly #address: string
  readonly #creation: string

  /** @param creation the ledger's key of the creation that asks. */
  constructor(ledger: ProvisionLedger, now: () => Date, source: Identity['source'], email: string, creation: string) {
    this.#ledger = ledger
    this.#now = now
    // No idempotency key has a control character.
    this.#address = ledgerKey(`\0${source} ${normalizeEmail(email)}`)
    this.#creation = creation
  }

  /** The last creation of this address by another key, while the list may not show yet what became of it. */
  async unsettled(): Promise<ProvisionEntry['state'] | undefined> {
    const other = await this.#other()
    return other && this.#now().getTime() - other.startedAt < SETTLING_MS ? other.state : undefined
  }

  /** Whether this account was made for another key. */
  async isOfAnother(sourceId: string): Promise<boolean> {
    const other = await this.#other()
    return other !== undefined && other.state.kind !== 'POSTED' && other.state.sourceId === sourceId
  }

  async save({ state, startedAt }: Pick<ProvisionEntry, 'state' | 'startedAt'>): Promise<void> {
    await this.#ledger.save(this.#address, { asked: this.#creation, state, startedAt })
  }

  async remove(): Promise<void> {
    if (!(await this.#other())) await this.#ledger.remove(this.#address)
  }

  async #other(): Promise<ProvisionEntry | undefined> {
    const entry = await this.#ledger.find(this.#address)
    return entry?.asked === this.#creation ? undefined : entry
  }
}
