import { changeRecord } from './change-record.ts'
import { emailTaken } from './email-taken.ts'
import { throughGate } from './gate.ts'
import { patchAccount } from './patch-account.ts'
import { rejected, type MutationPayload } from './payload.ts'
import { checkUpdate, type UpdateInput } from './write-input.ts'
import { readNow, type WriteScope } from './write-scope.ts'
import type { WriteTools } from './write-tools.ts'

export async function update(tools: WriteTools, scope: WriteScope, input: UpdateInput): Promise<MutationPayload> {
  const checked = checkUpdate(input)
  if ('errors' in checked) return rejected(checked.errors)
  const { key, changes, expectedUpdatedAt } = checked.value
  const change = { sourceId: key.sourceId, changes, expectedUpdatedAt }
  const payload =
    key.source === 'LEGACY'
      ? await throughGate(tools, 'LEGACY', tools.sources.LEGACY, ({ writer }) =>
          changeRecord(tools, writer, scope, change),
        )
      : await throughGate(tools, 'SITE_PARTNER', tools.sources.SITE_PARTNER, (target) =>
          patchAccount(tools, target, scope, change),
        )
  return changes['email'] ? explainRefusedEmail(payload, changes['email']) : payload

  /** A source that does not take an address mostly has it already; only the list says with whom. */
  async function explainRefusedEmail(refused: MutationPayload, email: string): Promise<MutationPayload> {
    const finder = tools.sources[key.source]?.finder
    if (!finder || !refused.errors.some(isAboutEmail)) return refused
    const holders = await finder.byEmail(email, readNow(scope, tools.monotonicNow)).catch(() => [])
    const holder = holders.find(({ sourceId }) => sourceId !== key.sourceId)
    return holder ? emailTaken(holder) : refused
  }
}

/** One that names no field may be about the address as well. */
function isAboutEmail({ code, path }: MutationPayload['errors'][number]): boolean {
  return code === 'REJECTED_BY_SOURCE' && (path === null || path.includes('email'))
}
