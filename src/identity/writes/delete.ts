import { normalizeEmail } from '../email.ts'
import { settled } from '../identity.ts'
import type { RecordWriter } from './account-writer.ts'
import { ownerRefused } from './deactivate.ts'
import { deletionRefused, throughGate } from './gate.ts'
import { applied, identityError, notFound, rejected, unknown, type MutationPayload } from './payload.ts'
import { refusalErrors } from './refusal.ts'
import { checkDelete, type DeleteInput } from './write-input.ts'
import { readNow, sendWrite, type WriteScope } from './write-scope.ts'
import { lockOf, type WriteTools } from './write-tools.ts'

export async function remove(tools: WriteTools, scope: WriteScope, input: DeleteInput): Promise<MutationPayload> {
  const checked = checkDelete(input)
  if ('errors' in checked) return rejected(checked.errors)
  const sourceId = checked.value
  return throughGate(tools, 'LEGACY', tools.sources.LEGACY, async ({ writer }) => {
    const refused = deletionRefused(tools) ?? (await ownerRefused(tools, writer, scope, sourceId))
    return refused ?? removeAccount(tools, writer, scope, sourceId, input.confirmEmail)
  })
}

async function removeAccount(
  tools: WriteTools,
  writer: RecordWriter,
  scope: WriteScope,
  sourceId: string,
  confirmEmail: string,
): Promise<MutationPayload> {
  const read = async () => writer.readRecord(sourceId, readNow(scope, tools.monotonicNow))

  return tools.locks.run(lockOf('LEGACY', sourceId), scope.signal, async () => {
    const record = await read()
    if (!record) return notFound()
    const identity = settled(record.identity)
    if (!isConfirmed(identity.email, confirmEmail)) {
      const message = "This is not the account's address, so nothing was deleted."
      return rejected([identityError('INVALID_INPUT', message, 'confirmEmail')])
    }
    const gone = (): MutationPayload => {
      tools.onWritten({ source: 'LEGACY', sourceId, identity: null, gone: true })
      return applied(identity)
    }
    for (let sentBefore = false; ; sentBefore = true) {
      const call = async () => writer.remove(sourceId, readNow(scope, tools.monotonicNow))
      const sent = await sendWrite(scope, call, tools.onUnexpected, sentBefore)
      if (sent.kind === 'done') return gone()
      if (sent.kind === 'refused') return rejected(refusalErrors('LEGACY', 'delete', sent), identity)
      const after = await read().catch(() => undefined)
      if (after === null) return gone()
      if (after === undefined || sentBefore) {
        tools.onWritten({ source: 'LEGACY', sourceId, identity: null, gone: false })
        return unknown('The account may have been deleted: the source did not answer.', identity)
      }
    }
  })
}

function isConfirmed(email: string | null | undefined, confirmEmail: string): boolean {
  const normalized = email ? normalizeEmail(email) : null
  return normalized !== null && normalized === normalizeEmail(confirmEmail)
}
