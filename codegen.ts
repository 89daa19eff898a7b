import type { CodegenConfig } from '@graphql-codegen/cli'

/** The resolvers' types from the SDL. The output is committed; `npm run check` fails when it differs from the schema. */
const config: CodegenConfig = {
  schema: 'schema/*.graphql',
  generates: {
    'src/graphql/generated.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        avoidOptionals: { field: true },
        immutableTypes: true,
        inputMaybeValue: 'T | null | undefined',
        maybeValue: 'T | null',
        scalars: {
          ID: { input: 'string', output: 'string' },
          DateTime: { input: 'Date', output: 'Date | string' },
          EmailAddress: 'string',
          _FieldSet: 'string',
        },
        contextType: './context.ts#Context',
        mappers: {
          Identity: '../identity/identity.ts#Identity as IdentityModel',
          IdentityHolder: '../identity/identity.ts#IdentityHolder as IdentityHolderModel',
          IdentityAudit: '../identity/audit.ts#IdentityAudit as IdentityAuditModel',
          IdentityConnection: '../identity/connection.ts#IdentityConnection as IdentityConnectionModel',
          IdentityEdge: '../identity/connection.ts#IdentityEdge as IdentityEdgeModel',
          IdentityChange: '../identity/identity-change.ts#IdentityChange as IdentityChangeModel',
          IdentityChangeConnection:
            '../identity/identity-change.ts#IdentityChangeConnection as IdentityChangeConnectionModel',
          IdentityChangeEdge: '../identity/identity-change.ts#IdentityChangeEdge as IdentityChangeEdgeModel',
          ...Object.fromEntries(
            ['ProvisionLegacy', 'ProvisionSitePartner', 'Update', 'Deactivate', 'Reactivate', 'Delete'].map((verb) => [
              `${verb}IdentityPayload`,
              '../identity/writes/payload.ts#MutationPayload as MutationPayloadModel',
            ]),
          ),
          IdentitySourceState: '../identity/source-states.ts#SourceState as SourceStateModel',
        },
      },
    },
  },
}

export default config
