import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSdl } from '../../src/graphql/schema.ts'
import { startSubgraph, type Subgraph } from '../e2e/subgraph.ts'
import { readFixtureSdl, type Service } from '../fixtures/fixture-subgraph.ts'
import { COMPOSERS } from './composers.ts'
import { requiredScopesIn } from './definitions.ts'

const service = (name: string, sdl: string): Service => ({ name, url: `http://${name}.example`, sdl })
const identity = service('identity', readSdl())
const sitePartners = service('site-partners', readFixtureSdl('site-partners'))
const accessReviews = service('access-reviews', readFixtureSdl('access-reviews'))
const company = [identity, sitePartners, accessReviews]

/** The subgraph's own SDL with one thing changed. Fails where there is nothing to change. */
function changed(sdl: string, from: string, to: string): string {
  expect(sdl).toContain(from)
  return sdl.replace(from, to)
}

let subgraph: Subgraph
beforeAll(async () => void (subgraph = await startSubgraph({ simulator: { people: { legacy: 1, sitePartner: 1 } } })))
afterAll(() => subgraph.close())

describe.each(COMPOSERS)('%s', (_name, compose) => {
  test('composes the subgraph alone', () => {
    expect(compose([identity]).errors).toEqual([])
  })

  test('composes the SDL that the server gives out, in the company of others', async () => {
    const { data } = await subgraph.ask('{ _service { sdl } }')
    const served = service('identity', data._service.sdl)
    const composed = compose([served, sitePartners, accessReviews])
    expect(composed.errors).toEqual([])
    expect(composed.keys('identity', 'Identity')).toEqual([{ fields: 'id', resolvable: true }])
  })

  test('resolves each entity where it lives, and nowhere else', () => {
    const { errors, keys } = compose(company)
    expect(errors).toEqual([])
    const here = (fields: string) => [{ fields, resolvable: true }]
    const elsewhere = (fields: string) => [{ fields, resolvable: false }]
    expect(keys('identity', 'Identity')).toEqual(here('id'))
    expect(keys('identity', 'IdentityHolder')).toEqual(here('email'))
    expect(keys('identity', 'SitePartner')).toEqual(elsewhere('id'))
    expect(keys('identity', 'SitePartnerNetwork')).toEqual(elsewhere('id'))
    expect(keys('access-reviews', 'Identity')).toEqual(elsewhere('id'))
    expect(keys('access-reviews', 'IdentityHolder')).toEqual(elsewhere('email'))
    expect(keys('site-partners', 'SitePartner')).toEqual(here('id'))
    expect(keys('identity', 'IdentityConnection')).toEqual([])
  })

  test('takes fields from their owners, and PageInfo from everybody', () => {
    const { owners } = compose(company)
    expect(owners('Identity', 'status')).toEqual(['identity'])
    expect(owners('IdentityHolder', 'identities')).toEqual(['identity'])
    expect(owners('SitePartner', 'name')).toEqual(['site-partners'])
    expect(owners('Query', 'identities')).toEqual(['identity'])
    expect(owners('PageInfo', 'endCursor')).toEqual(['access-reviews', 'identity'])
  })

  test('carries the tag of personal fields, for contracts to leave them out', () => {
    expect(compose(company).tagged('pii')).toEqual([
      'DeleteIdentityInput',
      'DeleteIdentityInput.confirmEmail',
      'Identity.displayName',
      'Identity.email',
      'Identity.firstName',
      'Identity.holder',
      'Identity.lastName',
      'IdentityAudit',
      'IdentityAuditInput',
      'IdentityAuditInput.activeEmails',
      'IdentityErrorCode.EMAIL_TAKEN',
      'IdentityFilter.email',
      'IdentityFilter.emailDomain',
      'IdentityFilter.search',
      'IdentityHolder',
      'IdentityHolder.email',
      'IdentityHolder.identities',
      'IdentityOrderField.EMAIL',
      'IdentityOrderField.NAME',
      'Mutation.deleteIdentity',
      'Mutation.provisionLegacyIdentity',
      'Mutation.provisionSitePartnerIdentity',
      'ProvisionLegacyIdentityInput',
      'ProvisionLegacyIdentityInput.email',
      'ProvisionLegacyIdentityInput.firstName',
      'ProvisionLegacyIdentityInput.lastName',
      'ProvisionLegacyIdentityInput.password',
      'ProvisionSitePartnerIdentityInput',
      'ProvisionSitePartnerIdentityInput.email',
      'ProvisionSitePartnerIdentityInput.firstName',
      'ProvisionSitePartnerIdentityInput.lastName',
      'Query.identityAudit',
      'Query.identityHolder',
      'UpdateIdentityInput.email',
      'UpdateIdentityInput.firstName',
      'UpdateIdentityInput.lastName',
    ])
  })

  test('carries the scopes, for routers to check', () => {
    const scopes = compose(company).requiredScopes()
    expect(scopes).toEqual(requiredScopesIn(parse(readSdl())))
    expect(scopes).toMatchObject({ 'Query.identity': ['identity:read'], 'Identity.email': ['identity:read:pii'] })
  })

  test('carries what a router needs to know how much an operation costs', () => {
    const { cost, listSize } = compose(company)
    expect(listSize('Query.identities')).toMatchObject({
      slicingArguments: ['first', 'last'],
      sizedFields: ['edges', 'nodes'],
      assumedSize: 25,
      requireOneSlicingArgument: false,
    })
    expect(listSize('Query.identityChanges')).toMatchObject({
      slicingArguments: ['first'],
      sizedFields: ['edges', 'nodes'],
      assumedSize: 25,
      requireOneSlicingArgument: false,
    })
    expect(listSize('IdentityHolder.identities')).toMatchObject({ assumedSize: 2 })
    expect(listSize('Query.identitySources')).toMatchObject({ assumedSize: 2 })
    expect(listSize('IdentityAudit.orphans')).toMatchObject({ assumedSize: 1000 })
    expect(cost('Query.identityHolder')).toBe(20)
    expect(cost('Query.identityAudit')).toBe(50)
    expect(cost('Mutation.provisionLegacyIdentity')).toBe(20)
    expect(cost('IdentityHolder.identities')).toBe(10)
    expect(cost('Identity.holder')).toBe(5)
    expect(cost('Query.identity')).toBeUndefined()
  })

  test('refuses a key of fields that do not exist, with which the server starts', () => {
    const broken = changed(readSdl(), '@key(fields: "id")', '@key(fields: "nope")')
    expect(compose([service('identity', broken)]).errors.join('\n')).toContain('nope')
  })

  test('refuses a PageInfo that is not shared', () => {
    const broken = changed(readSdl(), 'type PageInfo @shareable', 'type PageInfo')
    expect(compose([service('identity', broken), accessReviews]).errors.join('\n')).toContain('PageInfo')
  })
})
