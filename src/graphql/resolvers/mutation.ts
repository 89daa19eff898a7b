import type { MutationResolvers } from '../generated.ts'

export const mutationResolvers: MutationResolvers = {
  provisionLegacyIdentity: async (_parent, { input }, { writes }) => writes.provisionLegacyIdentity(input),
  provisionSitePartnerIdentity: async (_parent, { input }, { writes }) => writes.provisionSitePartnerIdentity(input),
  updateIdentity: async (_parent, { input }, { writes }) => writes.updateIdentity(input),
  deactivateIdentity: async (_parent, { input }, { writes }) => writes.deactivateIdentity(input),
  reactivateIdentity: async (_parent, { input }, { writes }) => writes.reactivateIdentity(input),
  deleteIdentity: async (_parent, { input }, { writes }) => writes.deleteIdentity(input),
}
