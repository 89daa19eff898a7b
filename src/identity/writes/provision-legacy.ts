import { PublicError } from '../../errors.ts'
import type { Identity } from '../identity.ts'
import type { FieldValues, RecordWriter } from './account-writer.ts'
import { changeRecord } from './change-record.ts'
import { throughGate } from './gate.ts'
import { applied, identityError, partial, rejected, type MutationPayload } from './payload.ts'
import { provision } from './provision.ts'
import { checkProvisionLegacy, type ProvisionLegacyInput } from './write-input.ts'
import { readNow, type WriteScope } from './write-scope.ts'
import type { WriteTools } from './write-tools.ts'

/** POST, and then, for what POST does not take, a change of the new account like any other. */
export async function provisionLegacy(
  tools: WriteTools,
  scope: WriteScope,
  input: ProvisionLegacyInput,
): Promise<MutationPayload> {
  const checked = checkProvisionLegacy(input)
  if ('errors' in checked) return rejected(checked.errors)
  const { account, rest, idempotencyKey } = checked.value
  const { email, firstName, lastName, password = tools.createPassword() } = account
  return throughGate(tools, 'LEGACY', tools.sources.LEGACY, ({ writer, finder }) =>
    provision(tools, scope, {
      source: 'LEGACY',
      finder,
      wanted: { email, firstName, lastName, partnerId: undefined },
      extras: [rest.role, rest.timezone, rest.locale],
      idempotencyKey,
      create: () => writer.create({ email, firstName, lastName, password }, readNow(scope, tools.monotonicNow)),
      finish: Object.keys(rest).length === 0 ? undefined : (created) => addRest(tools, writer, scope, created, rest),
    }),
  )
}

/** The account is there whatever becomes of this, and stays. */
async function addRest(
  tools: WriteTools,
  writer: RecordWriter,
  scope: WriteScope,
  created: Identity,
  rest: FieldValues,
): Promise<MutationPayload> {
  try {
    const payload = await changeRecord(tools, writer, scope, { sourceId: created.sourceId, changes: rest })
    const isDone = payload.outcome === 'APPLIED' || payload.outcome === 'UNCHANGED'
    const identity = payload.identity ?? created
    return isDone ? applied(identity) : partial(payload.errors, identity)
  } catch (error) {
    if (!(error instanceof PublicError)) tools.onUnexpected(error)
    const message = 'The account was created without it. A call with the same idempotencyKey goes on from there.'
    const missing = Object.keys(rest)
    return partial(
      missing.map((field) => identityError('REJECTED_BY_SOURCE', message, field)),
      created,
    )
  }
}
