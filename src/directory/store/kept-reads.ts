import type { Identity, IdentitySource } from '../../identity/identity.ts'

/** By key of each source, and in all answers together: about twenty megabytes. */
const MAX_ACCOUNTS = 5_000
const MAX_ANSWERED = 10_000

/**
 * Which writing was the last one; undefined while something is being written, for nobody knows then whether it is in the
 * file already.
 */
export type LastWrite = () => number | undefined

export type AccountsIn<Answer> = (answer: Answer) => number | undefined

/**
 * What was read of a file, until somebody writes to it. To ask SQLite whether somebody has would take a lock on the file each
 * time, and so as long as to read an account.
 */
export class KeptReads {
  readonly #lastWrite: LastWrite
  #readSince: number | undefined
  readonly #answers = new Map<string, unknown>()
  #answered = 0
  readonly #accounts: Readonly<Record<IdentitySource, Map<string, Identity>>> = {
    LEGACY: new Map(),
    SITE_PARTNER: new Map(),
  }

  constructor(lastWrite: LastWrite) {
    this.#lastWrite = lastWrite
  }

  /** @param accountsIn how many accounts an answer holds; undefined: it is not to be kept. */
  answer<Answer>(question: string, read: () => Answer, accountsIn: AccountsIn<Answer>): Answer {
    if (!this.#isTrue()) return read()
    const known = this.#answers.get(question)
    if (known !== undefined) return known as Answer
    const answer = read()
    const accounts = accountsIn(answer)
    if (accounts === undefined) return answer
    // One without any takes its place as well.
    const size = 1 + accounts
    if (this.#answered + size > MAX_ANSWERED) this.#forgetAnswers()
    this.#answers.set(question, answer)
    this.#answered += size
    return answer
  }

  /** By source id. Undefined: none is as it is now, for all that is known. */
  accountsOf(source: IdentitySource): ReadonlyMap<string, Identity> | undefined {
    return this.#isTrue() ? this.#accounts[source] : undefined
  }

  keep(identity: Identity): void {
    if (!this.#isTrue()) return
    const accounts = this.#accounts[identity.source]
    if (accounts.size >= MAX_ACCOUNTS) accounts.clear()
    accounts.set(identity.sourceId, identity)
  }

  forget(): void {
    this.#forgetAnswers()
    for (const accounts of Object.values(this.#accounts)) accounts.clear()
  }

  #forgetAnswers(): void {
    this.#answers.clear()
    this.#answered = 0
  }

  #isTrue(): boolean {
    const lastWrite = this.#lastWrite()
    if (lastWrite !== undefined && lastWrite !== this.#readSince) {
      this.forget()
      this.#readSince = lastWrite
    }
    return lastWrite !== undefined
  }
}
