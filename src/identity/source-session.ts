import type { AccountSource } from './account-source.ts'
import { readCursorStretch } from './cursor-walk.ts'
import type { Identity } from './identity.ts'
import { learnFrom, ListKnowledge } from './list-knowledge.ts'
import {
  createCursorAccountLoader,
  createOffsetAccountLoader,
  createSingleLoader,
  type AccountLoader,
} from './lookup.ts'
import { readOffsetStretch } from './offset-walk.ts'
import { createCursorPageReader, createOffsetPageReader } from './page-reader.ts'
import type { ReadStretch } from './stretch.ts'
import { Sweep } from './sweep.ts'

/** A source as all requests share it: with what its pages taught. */
export interface SharedSource {
  readonly source: AccountSource
  readonly knowledge: ListKnowledge
}

export function shareSource(source: AccountSource): SharedSource {
  const knowledge = new ListKnowledge()
  return { source: learnFrom(source, knowledge), knowledge }
}

/** A source as one request sees it: every page and every account is read once. */
export interface SourceSession {
  readonly accounts: AccountLoader
  readonly readStretch: ReadStretch
  /** One account as a single answer has it, with all fields; undefined where the upstream cannot be asked for one. */
  readonly readWhole: ((sourceId: string) => Promise<Identity | null>) | undefined
}

export function openSource({ source, knowledge }: SharedSource, signal: AbortSignal): SourceSession {
  if (source.paging === 'offset') {
    const read = createOffsetPageReader(source, signal)
    const singles = createSingleLoader(source, signal)
    return {
      accounts: createOffsetAccountLoader(source, read, singles, knowledge),
      readStretch: (place, count) => readOffsetStretch(source.source, read, place, count),
      readWhole: (sourceId) => singles.load(sourceId),
    }
  }
  const read = createCursorPageReader(source, signal)
  const startSweep = (): Sweep => new Sweep({ ...source, readPage: read })
  return {
    accounts: createCursorAccountLoader(`account:${source.source}`, read, startSweep, knowledge, signal),
    readStretch: (place, count) => readCursorStretch(source.source, read, place, count),
    readWhole: undefined,
  }
}
