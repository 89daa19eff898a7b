import { displayName, SOURCES, type Identity, type IdentitySource } from '../../src/identity/identity.ts'
import type { DirectoryFilter, DirectoryOrder, DirectoryPageQuestion } from '../../src/directory/store/store.ts'

/** The whole directory as an array, asked in the plainest way. */
export class DirectoryModel {
  readonly accounts = new Map<string, Identity>()

  list(sources: readonly IdentitySource[], filter: DirectoryFilter, order: DirectoryOrder): Identity[] {
    return [...this.accounts.values()]
      .filter((identity) => sources.includes(identity.source) && holds(identity, filter))
      .toSorted((a, b) => compare(a, b, order))
  }

  page(question: DirectoryPageQuestion, bounds: { after?: Identity | undefined; before?: Identity | undefined }) {
    const { sources, filter, order, count, take } = question
    const { after, before } = bounds
    const left = this.list(sources, filter, order).filter(
      (identity) =>
        (!after || compare(identity, after, order) > 0) && (!before || compare(identity, before, order) < 0),
    )
    const ids = left.map(({ id }) => id)
    return {
      ids: take === 'first' ? ids.slice(0, count) : ids.slice(Math.max(0, ids.length - count)),
      more: ids.length > count,
    }
  }
}

function holds(identity: Identity, filter: DirectoryFilter): boolean {
  const email = identity.email?.trim().toLowerCase() || undefined
  const createdAt = instant(identity.createdAt)
  const updatedAt = instant(identity.updatedAt)
  const words = [identity.firstName, identity.lastName].flatMap((name) => wordsOf(name ?? ''))
  const parts: (boolean | undefined)[] = [
    filter.status?.includes(identity.status as never),
    filter.email === undefined ? undefined : email === filter.email,
    filter.emailDomain === undefined ? undefined : filter.emailDomain !== '' && domainOf(email) === filter.emailDomain,
    filter.role === undefined ? undefined : identity.role === filter.role,
    filter.networkId === undefined ? undefined : identity.network?.id === filter.networkId,
    filter.partnerId === undefined ? undefined : identity.partner?.id === filter.partnerId,
    filter.createdAfter && (createdAt ?? -Infinity) >= filter.createdAfter.getTime(),
    filter.createdBefore && (createdAt ?? Infinity) < filter.createdBefore.getTime(),
    filter.updatedAfter && (updatedAt ?? -Infinity) >= filter.updatedAfter.getTime(),
    ...(filter.search ?? '')
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => {
        const asked = wordsOf(word)
        const isInName = asked.length > 0 && asked.every((part) => words.some((each) => each.startsWith(part)))
        return isInName || email?.startsWith(word.toLowerCase()) === true
      }),
  ]
  return parts.every((part) => part !== false)
}

function domainOf(email: string | undefined): string | undefined {
  return email?.includes('@') ? email.split('@').at(-1) : undefined
}

function wordsOf(name: string): string[] {
  return plain(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
}

function plain(text: string): string {
  return text.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '')
}

function instant(text: string | null | undefined): number | null {
  return !text || Number.isNaN(Date.parse(text)) ? null : Date.parse(text)
}

export function keyOf(identity: Identity, { field }: DirectoryOrder): string | number | null {
  switch (field) {
    case 'EMAIL':
      return identity.email?.trim().toLowerCase() || null
    case 'NAME':
      return plain(displayName(identity.firstName ?? null, identity.lastName ?? null) ?? '') || null
    case 'UPDATED_AT':
      return instant(identity.updatedAt)
    default:
      return instant(identity.createdAt)
  }
}

function compare(a: Identity, b: Identity, order: DirectoryOrder): number {
  const sign = order.direction === 'DESC' ? -1 : 1
  const [keyA, keyB] = [keyOf(a, order), keyOf(b, order)]
  const bySource = sign * (SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source))
  const byNull = Number(keyA === null) - Number(keyB === null)
  const byKey = keyA === null || keyB === null ? 0 : sign * compareValues(keyA, keyB)
  const byId = sign * compareValues(a.sourceId, b.sourceId)
  return order.field === 'BY_SOURCE' ? bySource || byNull || byKey || byId : byNull || byKey || bySource || byId
}

/** Texts by code points. */
function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((character, index) => character !== right[index])
  if (at < 0) return left.length - right.length
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1)
}
