import type { Identity } from '../identity.ts'
import { PATCH_FIELDS, type FieldValues, type PatchField, type PatchWriter } from './account-writer.ts'
import { concludeChange } from './conclusion.ts'
import { expectationRefused } from './expected-update.ts'
import { identityError, notFound, rejected, unchanged, type MutationPayload } from './payload.ts'
import { judgeReadBack, type Snapshot } from './read-back.ts'
import { refusalErrors } from './refusal.ts'
import type { RecordChange } from './change-record.ts'
import { readNow, sendWrite, type WriteScope } from './write-scope.ts'
import { lockOf, type Writable, type WriteTools } from './write-tools.ts'

/**
 * Changes some fields of an account whose source takes changes alone, and only those that are not so yet. A patch of which
 * nobody knows whether it arrived is made once more, if the account still stands as it did.
 */
export async function patchAccount(
  tools: WriteTools,
  { writer, finder }: Writable<PatchWriter>,
  scope: WriteScope,
  { sourceId, changes, expectedUpdatedAt }: RecordChange,
): Promise<MutationPayload> {
  const read = async (): Promise<Identity | null> => finder.byId(sourceId, readNow(scope, tools.monotonicNow))

  return tools.locks.run(lockOf('SITE_PARTNER', sourceId), scope.signal, async () => {
    let before = await read()
    if (!before) return notFound()
    if (before.status === 'ARCHIVED') {
      return rejected([identityError('NOT_SUPPORTED', 'An archived account cannot be changed.', 'id')], before)
    }
    const refused = expectationRefused(before, expectedUpdatedAt)
    if (refused) return refused
    const wanted = effectiveChanges(before, changes)
    if (Object.keys(wanted).length === 0) return unchanged(before)

    for (let sentBefore = false; ; sentBefore = true) {
      const patch = async () => writer.patch(sourceId, wanted, readNow(scope, tools.monotonicNow))
      const sent = await sendWrite(scope, patch, tools.onUnexpected, sentBefore)
      if (sent.kind === 'refused') return rejected(refusalErrors('SITE_PARTNER', 'update', sent), before)
      // That the list does not show it proves nothing: nobody is ever deleted there.
      const after = sent.kind === 'done' ? sent.value : ((await read().catch(() => null)) ?? undefined)
      const seen = after && judgeReadBack(snapshot(before), wanted, snapshot(after))
      if (after && sent.kind === 'unknown' && seen?.kind === 'UNTOUCHED' && !sentBefore) {
        before = after
        continue
      }
      tools.onWritten({ source: 'SITE_PARTNER', sourceId, identity: after ?? null, gone: false })
      return concludeChange(sent.kind, seen, wanted, after ?? null)
    }
  })
}

function effectiveChanges(before: Identity, changes: FieldValues): Partial<Record<PatchField, string>> {
  const wanted: Partial<Record<PatchField, string>> = {}
  for (const field of PATCH_FIELDS) {
    const value = changes[field]
    if (typeof value === 'string' && value !== before[field]) wanted[field] = value
  }
  return wanted
}

function snapshot({ email, firstName, lastName, status }: Identity): Snapshot {
  return { values: { email, firstName, lastName, status }, others: {} }
}
