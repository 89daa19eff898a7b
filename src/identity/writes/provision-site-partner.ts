import { throughGate } from './gate.ts'
import { rejected, type MutationPayload } from './payload.ts'
import { provision } from './provision.ts'
import { checkProvisionSitePartner, type ProvisionSitePartnerInput } from './write-input.ts'
import { readNow, type WriteScope } from './write-scope.ts'
import type { WriteTools } from './write-tools.ts'

export async function provisionSitePartner(
  tools: WriteTools,
  scope: WriteScope,
  input: ProvisionSitePartnerInput,
): Promise<MutationPayload> {
  const checked = checkProvisionSitePartner(input)
  if ('errors' in checked) return rejected(checked.errors)
  const { account, idempotencyKey } = checked.value
  return throughGate(tools, 'SITE_PARTNER', tools.sources.SITE_PARTNER, ({ writer, finder }) =>
    provision(tools, scope, {
      source: 'SITE_PARTNER',
      finder,
      wanted: account,
      extras: [],
      idempotencyKey,
      create: () => writer.create(account, readNow(scope, tools.monotonicNow)),
      finish: undefined,
    }),
  )
}
