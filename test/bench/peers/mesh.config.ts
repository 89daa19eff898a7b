import { defineConfig } from '@graphql-mesh/compose-cli'
import { loadOpenAPISubgraph } from '@omnigraph/openapi'

/** What `mesh-compose` makes a supergraph of: both APIs by their OpenAPI documents, with the credentials they ask for. */
export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('legacy', {
        source: './legacy.openapi.yaml',
        endpoint: String(process.env['LEGACY_API_URL']),
        operationHeaders: { 'x-application-key': 'bench', 'x-user-api-key': 'bench' },
      }),
    },
    {
      sourceHandler: loadOpenAPISubgraph('site_partner', {
        source: './site-partner.openapi.yaml',
        endpoint: String(process.env['SITE_PARTNER_API_URL']),
        operationHeaders: { authorization: 'Bearer bench' },
      }),
    },
  ],
})
