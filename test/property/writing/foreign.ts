import type { Foreign, ModelUpstream, Row } from './model-upstream.ts'

const pick = <Each>(all: readonly Each[], share: number): Each => all[Math.floor(share * all.length)] as Each

/** Somebody else at work on accounts: edits, puts back what was, deletes or archives. */
export function changesByOthers(upstream: ModelUpstream, { who, what }: Foreign, serial: number): void {
  const [id, row] = pick([...upstream.rows], who) ?? []
  if (!id || !row) return
  const isLegacy = 'user_id' in row
  const former = upstream.changes.findLast((change) => change.id === id)?.before
  const times = isLegacy ? { updated_at: upstream.time } : { updatedAt: upstream.time }
  const edit = (fields: Row): void => upstream.commit('foreign', id, { ...row, ...fields, ...times })
  const value = `F${serial}`
  const legacy: readonly (() => void)[] = [
    () => edit({ firstname: value }),
    () => edit({ lastname: value }),
    () => edit({ role: value }),
    () => edit({ phone: value }),
    () => edit({ status: row['status'] === 'active' ? 'inactive' : 'active' }),
    () => former && edit(former),
    () => who > 0.9 && upstream.commit('foreign', id, null),
  ]
  const partner: readonly (() => void)[] = [
    () => !row['isArchived'] && edit({ firstName: value }),
    () => !row['isArchived'] && edit({ lastName: value }),
    () => former && !row['isArchived'] && edit(former),
    () => who > 0.9 && edit({ email: null, isArchived: true }),
  ]
  pick(isLegacy ? legacy : partner, what)()
}

export const ADDRESSES = ['ann@example.com', 'ben@example.com'] as const

/** Somebody else who makes accounts with the same addresses, and lets go of them. */
export function creationsByOthers(unique: boolean, isLegacy: boolean) {
  return (upstream: ModelUpstream, { who, what }: Foreign, serial: number): void => {
    const email = who < 0.5 ? pick(ADDRESSES, who * 2) : pick(ADDRESSES, (who - 0.5) * 2).toUpperCase()
    const holders = [...upstream.rows].filter(([, row]) => String(row['email']).toLowerCase() === email.toLowerCase())
    if (what < 0.6) {
      if (unique && holders.length > 0) return
      // One name like ours is not enough to be taken for ours.
      const [firstname, lastname] = what < 0.3 ? ['Ann', `F${serial}`] : [`F${serial}`, isLegacy ? 'Roe' : null]
      const times = { created_at: upstream.time, createdAt: upstream.time }
      const row = isLegacy
        ? {
            user_id: `f${serial}`,
            firstname,
            lastname,
            email,
            status: 'active',
            role: 'standard',
            timezone: null,
            locale: null,
          }
        : {
            id: `f${serial}`,
            firstName: firstname,
            lastName: lastname,
            email,
            isArchived: false,
            partner: { id: 'q' },
            network: { id: 'n1' },
          }
      upstream.commit('foreign', `f${serial}`, { ...row, ...times })
    } else if (what < 0.8) {
      const [id] = [...upstream.rows].find(([, row]) => String(row['email']).startsWith('old')) ?? []
      if (id) upstream.commit('foreign', id, null)
    } else {
      const theirs = holders.find(([id]) => id.startsWith('f'))
      if (theirs) upstream.commit('foreign', theirs[0], { ...theirs[1], email: `gone${serial}@example.com` })
    }
  }
}
