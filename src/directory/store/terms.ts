import type { DatabaseSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'

const MAX_CACHED = 20_000

/**
 * Texts that many accounts share, as numbers: a term is never changed nor removed, so what was read once stays true.
 */
export class Terms {
  readonly #textOf
  readonly #idOf
  readonly #add
  readonly #texts = new Map<number, string>()
  readonly #ids = new LRUCache<string, number>({ max: MAX_CACHED })

  constructor(database: DatabaseSync) {
    this.#textOf = database.prepare('SELECT text FROM term WHERE id = ?')
    this.#idOf = database.prepare('SELECT id FROM term WHERE text = ?')
    this.#add = database.prepare('INSERT INTO term (text) VALUES (?)')
  }

  text(id: number): string {
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    // Asked for several times for each row, so nothing is noted of which was used last.
    if (this.#texts.size >= MAX_CACHED) this.#texts.clear()
    const text = this.#textOf.get(id)?.['text'] as string
    this.#texts.set(id, text)
    return text
  }

  /** Undefined: no account has ever had it. */
  find(text: string): number | undefined {
    let id = this.#ids.get(text)
    if (id === undefined) {
      id = this.#idOf.get(text)?.['id'] as number | undefined
      if (id !== undefined) this.#ids.set(text, id)
    }
    return id
  }

  /** For the writer, within its transaction. */
  intern(text: string): number {
    let id = this.find(text)
    if (id === undefined) {
      id = Number(this.#add.run(text).lastInsertRowid)
      this.#ids.set(text, id)
    }
    return id
  }

  /** What a transaction added that was rolled back is not there. */
  forget(): void {
    this.#texts.clear()
    this.#ids.clear()
  }
}
