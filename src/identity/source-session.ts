import type { AccountSource, ReadScope } from './account-source.ts'
import { findInCursorList } from './cursor-lookup.ts'
import { readCursorStretch } from './cursor-walk.ts'
import type { Identity } from './identity.ts'
import { learnFrom, ListKnowledge, type PredecessorOf } from './list-knowledge.ts'
import { createAccountLoader, type AccountLoader } from './lookup.ts'
import { createSingleReader, findInOffsetList } from './offset-lookup.ts'
import { readOffsetStretch } from './offset-walk.ts'
import { createCursorPageReader, createOffsetPageReader } from './page-reader.ts'
import { SharedSweep } from './shared-sweep.ts'
import type { ReadStretch } from './stretch.ts'
import type { Sweep } from './sweep.ts'

/** A source as all requests share it: with what its pages taught, and the sweep under way. */
export interface SharedSource {
  readonly source: AccountSource
  readonly knowledge: ListKnowledge
  readonly sweep: SharedSweep
  /** When a write to it last ended, in monotonic milliseconds: what was asked before does not show that write. */
  writtenAt: number
}

export function shareSource(
  plain: AccountSource,
  monotonicNow: () => number,
  predecessorOf?: PredecessorOf,
): SharedSource {
  const knowledge = new ListKnowledge(predecessorOf)
  const source = learnFrom(plain, knowledge)
  return { source, knowledge, sweep: new SharedSweep(source, monotonicNow), writtenAt: Number.NEGATIVE_INFINITY }
}

/** A source as one request sees it: every page and every account is read once. */
export interface SourceSession {
  readonly accounts: AccountLoader
  readonly readStretch: ReadStretch
  readonly joinSweep: () => Sweep
  /** One account as a single answer has it, with all fields; undefined where the upstream cannot be asked for one. */
  readonly readWhole: ((sourceId: string) => Promise<Identity | null>) | undefined
}

export function openSource(shared: SharedSource, reader: ReadScope): SourceSession {
  const { source, knowledge, sweep } = shared
  const scope = { ...reader, notBefore: Math.max(reader.notBefore, shared.writtenAt) }
  const name = `account:${source.source}`
  const joinSweep = (): Sweep => sweep.join(scope)
  if (source.paging === 'offset') {
    const read = createOffsetPageReader(source, scope)
    const readSingle = createSingleReader(source, scope)
    return {
      accounts: createAccountLoader(name, findInOffsetList(read, readSingle, knowledge)),
      readStretch: (place, count) => readOffsetStretch(source.source, read, place, count),
      joinSweep,
      readWhole: readSingle,
    }
  }
  const read = createCursorPageReader(source, scope)
  return {
    accounts: createAccountLoader(name, findInCursorList(read, joinSweep, knowledge, scope)),
    readStretch: (place, count) => readCursorStretch(source.source, read, place, count),
    joinSweep,
    readWhole: undefined,
  }
}
