import { settled, type Identity } from '../identity.ts'
import {
  RECORD_FIELDS,
  type AccountRecord,
  type FieldValues,
  type RecordField,
  type RecordWriter,
} from './account-writer.ts'
import { expectationRefused } from './expected-update.ts'
import { identityError, notFound, rejected, unchanged, type MutationPayload } from './payload.ts'
import { judgeReadBack } from './read-back.ts'
import { refusalErrors } from './refusal.ts'
import { concludeChange } from './conclusion.ts'
import { readNow, sendWrite, type WriteScope } from './write-scope.ts'
import { lockOf, type WriteTools } from './write-tools.ts'

/** After a yes that cannot be seen yet. */
const SECOND_LOOK_AFTER_MS = 1_000

export interface RecordChange {
  readonly sourceId: string
  readonly changes: FieldValues
  readonly expectedUpdatedAt?: Date | undefined
}

/**
 * Changes some fields of an account whose source replaces whole records: reads it, lays the changes over, puts it back, reads
 * again. One at a time for each account. A put of which nobody knows whether it arrived is made once more, if the account
 * still stands as it did.
 */
export async function changeRecord(
  tools: WriteTools,
  writer: RecordWriter,
  scope: WriteScope,
  { sourceId, changes, expectedUpdatedAt }: RecordChange,
): Promise<MutationPayload> {
  const read = async (): Promise<AccountRecord | null> =>
    writer.readRecord(sourceId, readNow(scope, tools.monotonicNow))

  return tools.locks.run(lockOf('LEGACY', sourceId), scope.signal, async () => {
    let before = await read()
    if (!before) return notFound()
    const refused = expectationRefused(before.identity, expectedUpdatedAt)
    if (refused) return refused
    const wanted = effectiveChanges(before, changes)
    if (Object.keys(wanted).length === 0) return unchanged(settled(before.identity))
    const missing = missingFields(before, wanted)
    if (missing.length > 0) return incomplete(writer, missing, before.identity)

    for (let sentBefore = false; ; sentBefore = true) {
      const record = { values: { ...before.values, ...wanted }, others: before.others }
      const put = async () => writer.putRecord(sourceId, record, readNow(scope, tools.monotonicNow))
      const sent = await sendWrite(scope, put, tools.onUnexpected, sentBefore)
      if (sent.kind === 'refused') return rejected(refusalErrors('LEGACY', 'update', sent), settled(before.identity))
      let after = await read().catch(() => undefined)
      let seen = after === undefined ? undefined : judgeReadBack(before, wanted, after)
      if (sent.kind === 'done' && seen?.kind === 'UNTOUCHED') {
        // It was said that it is done: what is read may lag behind what is written.
        await tools.pause(SECOND_LOOK_AFTER_MS, scope.signal).catch(() => undefined)
        after = await read().catch(() => after)
        seen = after === undefined ? undefined : judgeReadBack(before, wanted, after)
      }
      if (after && sent.kind === 'unknown' && seen?.kind === 'UNTOUCHED' && !sentBefore) {
        before = after
        continue
      }
      const identity = after ? settled(after.identity) : null
      tools.onWritten({ source: 'LEGACY', sourceId, identity, gone: after === null })
      return concludeChange(sent.kind, seen, wanted, identity)
    }
  })
}

/** What is to be changed and is not so yet. What was not carried may be anything, so it is to be changed. */
function effectiveChanges({ values }: AccountRecord, changes: FieldValues): FieldValues<RecordField> {
  return Object.fromEntries(
    RECORD_FIELDS.filter(
      (field) => field in changes && (values[field] === undefined || values[field] !== changes[field]),
    ).map((field) => [field, changes[field]]),
  )
}

function missingFields({ values }: AccountRecord, wanted: FieldValues): RecordField[] {
  return RECORD_FIELDS.filter((field) => values[field] === undefined && wanted[field] === undefined)
}

function incomplete({ nameOf }: RecordWriter, missing: readonly RecordField[], identity: Identity): MutationPayload {
  const names = missing.map(nameOf).join(', ')
  const message = `LEGACY gave the account without: ${names}. Putting it back would wipe them, so nothing was sent.`
  return rejected([identityError('INCOMPLETE_RECORD', message)], settled(identity))
}
