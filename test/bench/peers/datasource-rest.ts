import { type AugmentedRequest, type DataSourceConfig, RESTDataSource } from '@apollo/datasource-rest'
import { startStandaloneServer } from '@apollo/server/standalone'
import type { LegacyRow } from '../people.ts'
import { handWrittenServer, SITE_PARTNER_USERS, type SitePartnerPage } from '../variants/hand-written.ts'

/**
 * The subgraph by hand over Apollo's own RESTDataSource: data sources of its own for each request, one cache for all of them,
 * de-duplication as it comes. There is no DataLoader: neither API gives several accounts for one call, and that the same one
 * is not asked for twice is what RESTDataSource sees to.
 */
class LegacyApi extends RESTDataSource {
  override baseURL = String(process.env['LEGACY_API_URL'])

  protected override willSendRequest(_path: string, { headers }: AugmentedRequest): void {
    headers['x-application-key'] = 'bench'
    headers['x-user-api-key'] = 'bench'
  }

  async user(id: string): Promise<LegacyRow> {
    return (await this.get<{ user: LegacyRow }>(`/user/${encodeURIComponent(id)}`)).user
  }

  async users(page: number, count: number): Promise<readonly LegacyRow[]> {
    const params = { page: String(page), count: String(count) }
    return (await this.get<{ users: LegacyRow[] }>('/user', { params })).users
  }
}

class SitePartnerApi extends RESTDataSource {
  override baseURL = String(process.env['SITE_PARTNER_API_URL'])

  protected override willSendRequest(_path: string, { headers }: AugmentedRequest): void {
    headers['authorization'] = 'Bearer bench'
  }

  async users(limit: number, startingAfter: string | undefined): Promise<SitePartnerPage> {
    const params = { limit: String(limit), startingAfter }
    return (await this.get<{ data: SitePartnerPage }>(SITE_PARTNER_USERS, { params })).data
  }
}

interface Context {
  readonly legacy: LegacyApi
  readonly sitePartner: SitePartnerApi
}

const server = handWrittenServer<Context>(({ legacy, sitePartner }) => ({
  legacyUser: (id) => legacy.user(id),
  legacyUsers: (page, count) => legacy.users(page, count),
  sitePartnerUsers: (limit, startingAfter) => sitePartner.users(limit, startingAfter),
}))
await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env['PORT']) },
  context: async () => {
    const config: DataSourceConfig = { cache: server.cache }
    return { legacy: new LegacyApi(config), sitePartner: new SitePartnerApi(config) }
  },
})
