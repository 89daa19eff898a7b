import type { AccountKey } from '../identity-id.ts'
import type { Identity } from '../identity.ts'
import type { ReadScope } from '../account-source.ts'
import type { PatchWriter, RecordWriter } from './account-writer.ts'
import { changeRecord } from './change-record.ts'
import { throughGate } from './gate.ts'
import { applied, identityError, notFound, rejected, unchanged, unknown, type MutationPayload } from './payload.ts'
import { refusalErrors } from './refusal.ts'
import { checkDeactivate, checkReactivate, type IdInput } from './write-input.ts'
import { readNow, sendWrite, type WriteScope } from './write-scope.ts'
import { lockOf, type Writable, type WriteTools } from './write-tools.ts'

/** The source's own words, by its guide. */
const [ACTIVE, INACTIVE] = ['active', 'inactive'] as const

export async function deactivate(tools: WriteTools, scope: WriteScope, input: IdInput): Promise<MutationPayload> {
  const checked = checkDeactivate(input)
  if ('errors' in checked) return rejected(checked.errors)
  const { source, sourceId }: AccountKey = checked.value
  if (source === 'SITE_PARTNER') {
    return throughGate(tools, source, tools.sources.SITE_PARTNER, (target) => archive(tools, target, scope, sourceId))
  }
  return throughGate(tools, source, tools.sources.LEGACY, async ({ writer }) => {
    const refused = await ownerRefused(tools, writer, scope, sourceId)
    return refused ?? changeRecord(tools, writer, scope, { sourceId, changes: { status: INACTIVE } })
  })
}

export async function reactivate(tools: WriteTools, scope: WriteScope, input: IdInput): Promise<MutationPayload> {
  const checked = checkReactivate(input)
  if ('errors' in checked) return rejected(checked.errors)
  const change = { sourceId: checked.value, changes: { status: ACTIVE } }
  return throughGate(tools, 'LEGACY', tools.sources.LEGACY, ({ writer }) => changeRecord(tools, writer, scope, change))
}

/** Without the account that owns our keys, the keys are dead, and nobody here could bring it back. */
export async function ownerRefused(
  { monotonicNow }: WriteTools,
  writer: RecordWriter,
  scope: WriteScope,
  sourceId: string,
): Promise<MutationPayload | undefined> {
  if ((await writer.readOwner(readNow(scope, monotonicNow))) !== sourceId) return undefined
  return rejected([identityError('PROTECTED', 'This account owns the keys with which this server works.', 'id')])
}

/** Archiving takes the address away, so who it was is remembered from before. What is lost on the way is sent once more. */
async function archive(
  tools: WriteTools,
  { writer, finder }: Writable<PatchWriter>,
  scope: WriteScope,
  sourceId: string,
): Promise<MutationPayload> {
  const now = (): ReadScope => readNow(scope, tools.monotonicNow)

  return tools.locks.run(lockOf('SITE_PARTNER', sourceId), scope.signal, async () => {
    const before = await finder.byId(sourceId, now())
    if (!before) return notFound()
    if (before.status === 'ARCHIVED') return unchanged(before)
    for (let sentBefore = false; ; sentBefore = true) {
      const call = async () => writer.archive(sourceId, now())
      const sent = await sendWrite(scope, call, tools.onUnexpected, sentBefore)
      if (sent.kind === 'refused') return rejected(refusalErrors('SITE_PARTNER', 'archive', sent), before)
      // The answer is empty. What is lost is looked for everywhere, what is done only where it was.
      const look = sent.kind === 'done' ? finder.glance(sourceId, now()) : finder.byId(sourceId, now())
      const after = await look.catch(() => (sent.kind === 'done' ? null : undefined))
      const isOpen = after && isStillOpen(after, sent.kind)
      if (isOpen && !sentBefore) continue
      if (isOpen || after === undefined) {
        tools.onWritten({ source: 'SITE_PARTNER', sourceId, identity: after ?? null, gone: false })
        return unknown('The account may have been archived: the source did not say so clearly.')
      }
      // Some list nobody who is archived. This one was there a moment ago, and we have asked for it to be archived.
      const found = after ?? bare(before)
      tools.onWritten({ source: 'SITE_PARTNER', sourceId, identity: found, gone: false })
      return applied({ ...archived(before), updatedAt: found.updatedAt, asOf: after?.asOf ?? tools.now() })
    }
  })
}

/** To a plain yes only a plain no is an objection. */
function isStillOpen({ status }: Identity, sent: 'done' | 'unknown'): boolean {
  return sent === 'done' ? status === 'ACTIVE' : status !== 'ARCHIVED'
}

function archived(identity: Identity): Identity {
  return { ...identity, status: 'ARCHIVED' }
}

/** What is certain of an archived account. */
function bare(identity: Identity): Identity {
  const wiped = { email: undefined, firstName: undefined, lastName: undefined, updatedAt: undefined }
  return { ...archived(identity), ...wiped }
}
