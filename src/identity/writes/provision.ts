import { normalizeEmail } from '../email.ts'
import type { Identity } from '../identity.ts'
import type { AccountFinder } from './account-finder.ts'
import { AddressClaim } from './address-claim.ts'
import type { WriteAnswer } from './account-writer.ts'
import type { Wanted } from './claim.ts'
import { emailTaken } from './email-taken.ts'
import { applied, conflict, identityError, partial, rejected, unknown, type MutationPayload } from './payload.ts'
import { askedFor, ledgerKey, type ProvisionEntry } from './provision-ledger.ts'
import { findFate, type Fate } from './reconcile.ts'
import { refusalErrors } from './refusal.ts'
import { readNow, sendWrite, type Sent, type WriteScope } from './write-scope.ts'
import type { WriteTools } from './write-tools.ts'

/** What one source's creation consists of. */
export interface Creation {
  readonly source: Identity['source']
  readonly finder: AccountFinder
  readonly wanted: Wanted
  /** What else tells this creation from another; never a password. */
  readonly extras: readonly (string | null | undefined)[]
  readonly idempotencyKey: string | undefined
  readonly create: () => Promise<WriteAnswer<Identity>>
  /** Adds what the creation itself could not take. Undefined: there is nothing to add. */
  readonly finish: ((created: Identity) => Promise<MutationPayload>) | undefined
}

/**
 * Creates an account, and never twice: one creation at a time for an idempotency key and for an address; not where somebody
 * has the address; and never a second POST for a key of which the first may have left us.
 */
export async function provision(tools: WriteTools, scope: WriteScope, creation: Creation): Promise<MutationPayload> {
  const { source, wanted, extras } = creation
  const idempotencyKey = creation.idempotencyKey ?? tools.createKey()
  const key = ledgerKey(idempotencyKey)
  const { email, firstName, lastName, partnerId } = wanted
  const asked = askedFor(idempotencyKey, [source, email, firstName, lastName, partnerId, ...extras])

  const payload = await tools.locks.run(`key ${key}`, scope.signal, async () => {
    const entry = await tools.ledger.find(key)
    if (entry && entry.asked !== asked) {
      const message = 'This key named another creation within the last 24 hours.'
      return rejected([identityError('INVALID_INPUT', message, 'idempotencyKey')])
    }
    const step = new ProvisionStep(tools, scope, creation, key, entry ?? begun(asked, tools.now()))
    return tools.locks.run(`email ${source} ${normalizeEmail(email)}`, scope.signal, () =>
      entry ? step.goOn() : step.begin(),
    )
  })
  return { ...payload, idempotencyKey }
}

function begun(asked: string, now: Date): ProvisionEntry {
  return { asked, state: { kind: 'POSTED' }, startedAt: now.getTime() }
}

/** One call's part in a creation, which may take several. */
class ProvisionStep {
  readonly #tools: WriteTools
  readonly #scope: WriteScope
  readonly #creation: Creation
  readonly #key: string
  readonly #entry: ProvisionEntry
  readonly #claim: AddressClaim

  constructor(tools: WriteTools, scope: WriteScope, creation: Creation, key: string, entry: ProvisionEntry) {
    this.#tools = tools
    this.#scope = scope
    this.#creation = creation
    this.#key = key
    this.#entry = entry
    this.#claim = new AddressClaim(tools.ledger, tools.now, creation.source, creation.wanted.email, key)
  }

  async begin(): Promise<MutationPayload> {
    const { source } = this.#creation
    const holder = await this.#findHolder()
    if (holder) return emailTaken(holder)
    const unsettled = await this.#waitForOther()
    if (unsettled) return unsettled
    await this.#tools.ledger.save(this.#key, this.#entry)
    await this.#claim.save(this.#entry)
    const sent = await this.#post()
    if (sent.kind === 'done') return this.#created(sent.value)
    if (sent.kind === 'unknown') return this.#conclude(await this.#findFate())
    await this.#free()
    // Somebody may have been faster since we looked.
    const faster = sent.reason === 'REJECTED' ? await this.#findHolder().catch(() => undefined) : undefined
    return faster ? emailTaken(faster) : rejected(refusalErrors(source, 'create', sent))
  }

  /** There was a call with this key before: whatever became of it, nothing is posted. */
  async goOn(): Promise<MutationPayload> {
    const { state } = this.#entry
    if (state.kind === 'POSTED') return this.#conclude(await this.#findFate())
    const account = await this.#creation.finder.byId(state.sourceId, readNow(this.#scope, this.#tools.monotonicNow))
    if (state.kind === 'COMPLETE') return applied(account)
    return account ? this.#finish(account) : partial([conflict(null)], null)
  }

  async #post(): Promise<Sent<Identity>> {
    try {
      return await sendWrite(this.#scope, this.#creation.create, this.#tools.onUnexpected)
    } catch (error) {
      // Nothing has happened, so the key is free for another try.
      await this.#free()
      throw error
    }
  }

  /** What is said where another key has just made the account, or may have, and the list does not show it. */
  async #waitForOther(): Promise<MutationPayload | undefined> {
    const other = await this.#claim.unsettled()
    if (!other) return undefined
    if (other.kind !== 'POSTED') {
      const { finder } = this.#creation
      const account = await finder.byId(other.sourceId, readNow(this.#scope, this.#tools.monotonicNow))
      return account && this.#isHolder(account) ? emailTaken(account) : undefined
    }
    return unknown(
      'Another call asked for an account with this address moments ago, and the list does not show yet what became of it. So nothing was sent: call again in a minute.',
    )
  }

  #isHolder({ email, status }: Identity): boolean {
    return !!email && status !== 'ARCHIVED' && normalizeEmail(email) === normalizeEmail(this.#creation.wanted.email)
  }

  /** Nothing came of it: the key may name another creation, and the address be asked for again. */
  async #free(): Promise<void> {
    await this.#tools.ledger.remove(this.#key)
    await this.#claim.remove()
  }

  async #findHolder(): Promise<Identity | undefined> {
    const { finder, wanted } = this.#creation
    const [holder] = await finder.byEmail(wanted.email, readNow(this.#scope, this.#tools.monotonicNow))
    return holder
  }

  async #findFate(): Promise<Fate> {
    const { finder, wanted } = this.#creation
    const isOfAnother = (sourceId: string): Promise<boolean> => this.#claim.isOfAnother(sourceId)
    return findFate(this.#tools, finder, this.#scope, wanted, this.#entry.startedAt, isOfAnother)
  }

  async #conclude(fate: Fate): Promise<MutationPayload> {
    if (fate.kind === 'CREATED') return this.#created(fate.identity)
    if (fate.kind === 'TAKEN') {
      await this.#free()
      return emailTaken(fate.holder)
    }
    this.#tools.onWritten({ source: this.#creation.source, sourceId: null, identity: null, gone: false })
    return unknown(
      'The account may have been created, and the list does not show it yet. Call again with the same idempotencyKey: that finds out, and never creates a second one.',
    )
  }

  async #created(identity: Identity): Promise<MutationPayload> {
    const { source, sourceId } = identity
    this.#tools.onWritten({ source, sourceId, identity, gone: false })
    await this.#remember('CREATED', sourceId)
    return this.#finish(identity)
  }

  async #finish(created: Identity): Promise<MutationPayload> {
    const finished = (await this.#creation.finish?.(created)) ?? applied(created)
    if (finished.outcome === 'APPLIED') await this.#remember('COMPLETE', created.sourceId)
    return finished
  }

  async #remember(kind: 'CREATED' | 'COMPLETE', sourceId: string): Promise<void> {
    // Should this fail, the next call finds the account by the list.
    const entry: ProvisionEntry = { ...this.#entry, state: { kind, sourceId } }
    await this.#tools.ledger.save(this.#key, entry).catch(this.#tools.onUnexpected)
    await this.#claim.save(entry).catch(this.#tools.onUnexpected)
  }
}
