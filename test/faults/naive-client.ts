/**
 * The client that one writes when nothing ever goes wrong: `fetch(…).json()`, fields taken as they come, no look at the
 * status. It stands beside the product in the fault matrix.
 */
export interface NaiveClient {
  getLegacy(id: string): Promise<unknown>
  listLegacy(): Promise<unknown[]>
  listSitePartner(): Promise<unknown[]>
  entities(legacyId: string, sitePartnerId: string): Promise<unknown[]>
  createLegacy(email: string): Promise<unknown>
  createSitePartner(email: string, partner: string): Promise<unknown>
  updateLegacy(id: string, firstname: string): Promise<unknown>
  updateSitePartner(id: string, firstName: string): Promise<unknown>
  archive(id: string): Promise<unknown>
}

export function createNaiveClient(environment: Readonly<Record<string, string>>): NaiveClient {
  const legacy = environment['LEGACY_API_URL'] ?? ''
  const users = `${environment['SITE_PARTNER_API_URL']}/asset-management/v1/site-partner-users`
  const keys = {
    'content-type': 'application/json',
    'x-application-key': environment['LEGACY_APPLICATION_KEY'] ?? '',
    'x-user-api-key': environment['LEGACY_USER_API_KEY'] ?? '',
  }
  const json = async (url: string, init: RequestInit = {}): Promise<any> => (await fetch(url, init)).json()
  const bearer = async () => {
    const { access_token } = await json(environment['SITE_PARTNER_TOKEN_URL'] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: environment['SITE_PARTNER_CLIENT_ID'],
        client_secret: environment['SITE_PARTNER_CLIENT_SECRET'],
        audience: environment['SITE_PARTNER_AUDIENCE'],
        grant_type: 'client_credentials',
      }),
    })
    return { 'content-type': 'application/json', authorization: `Bearer ${access_token}` }
  }
  const getLegacy = async (id: string) => (await json(`${legacy}/user/${id}`, { headers: keys })).user

  return {
    getLegacy,
    async listLegacy() {
      const pages = [1, 2].map(async (page) => json(`${legacy}/user?page=${page}&count=3`, { headers: keys }))
      return (await Promise.all(pages)).flatMap(({ users: rows }) => rows.map((row: any) => row.user_id))
    },
    async listSitePartner() {
      const headers = await bearer()
      const { data: first } = await json(`${users}?limit=3`, { headers })
      const { data: second } = await json(`${users}?limit=3&startingAfter=${first.items.at(-1).id}`, { headers })
      return [...first.items, ...second.items].map((row) => row.id)
    },
    async entities(legacyId, sitePartnerId) {
      const found: unknown[] = [(await getLegacy(legacyId)).user_id]
      const headers = await bearer()
      for (let after = ''; ;) {
        const { data } = await json(`${users}?limit=100${after}`, { headers })
        const row = data.items.find((each: any) => each.id === sitePartnerId)
        if (row || !data.hasMore) return [...found, row?.id]
        after = `&startingAfter=${data.items.at(-1).id}`
      }
    },
    async createLegacy(email) {
      const body = JSON.stringify({ email, firstname: 'New', lastname: 'Comer', password: 'a long password' })
      return (await json(`${legacy}/user`, { method: 'POST', headers: keys, body })).user.email
    },
    async createSitePartner(email, partner) {
      const body = JSON.stringify({ email, partner })
      return (await json(users, { method: 'POST', headers: await bearer(), body })).data.email
    },
    async updateLegacy(id, firstname) {
      const { user_id: _, ...user } = await getLegacy(id)
      const body = JSON.stringify({ ...user, firstname })
      return (await json(`${legacy}/user/${id}`, { method: 'PUT', headers: keys, body })).user.firstname
    },
    async updateSitePartner(id, firstName) {
      const body = JSON.stringify({ firstName })
      return (await json(`${users}/${id}`, { method: 'PATCH', headers: await bearer(), body })).data.firstName
    },
    async archive(id) {
      await (await fetch(`${users}/${id}/archive`, { method: 'POST', headers: await bearer() })).text()
      return 'archived'
    },
  }
}
