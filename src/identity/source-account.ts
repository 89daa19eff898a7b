import type { Identity } from './identity.ts'

/**
 * An account as an answer of its source shows it. Of a class, and no object literal: V8 takes literals of which many outlive a
 * small garbage collection for ones that live for ever, and makes all further ones where only a big one comes; whatever they
 * refer to stays until then as well. Who goes through a list makes thousands.
 */
export class SourceAccount implements Identity {
  readonly __typename = 'Identity'
  readonly id: Identity['id']
  readonly source: Identity['source']
  readonly sourceId: Identity['sourceId']
  readonly email: Identity['email']
  readonly firstName: Identity['firstName']
  readonly lastName: Identity['lastName']
  readonly status: Identity['status']
  readonly sourceStatus: Identity['sourceStatus']
  readonly role: Identity['role']
  readonly timezone: Identity['timezone']
  readonly locale: Identity['locale']
  readonly network: Identity['network']
  readonly partner: Identity['partner']
  readonly createdAt: Identity['createdAt']
  readonly updatedAt: Identity['updatedAt']
  readonly asOf: Identity['asOf']

  constructor(shown: Omit<Identity, '__typename'>) {
    this.id = shown.id
    this.source = shown.source
    this.sourceId = shown.sourceId
    this.email = shown.email
    this.firstName = shown.firstName
    this.lastName = shown.lastName
    this.status = shown.status
    this.sourceStatus = shown.sourceStatus
    this.role = shown.role
    this.timezone = shown.timezone
    this.locale = shown.locale
    this.network = shown.network
    this.partner = shown.partner
    this.createdAt = shown.createdAt
    this.updatedAt = shown.updatedAt
    this.asOf = shown.asOf
  }
}
