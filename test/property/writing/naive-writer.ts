import { VirtualClock } from '../../unit/http/virtual-clock.ts'
import { wantedOf, idOf } from './judge-changes.ts'
import { legacyClient, sitePartnerClient } from './model-clients.ts'
import { ModelUpstream, type Foreign, type Row } from './model-upstream.ts'
import { PASSWORD, type Request, type Schedule } from './write-world.ts'

export interface NaiveSums {
  /** Accounts beyond the first that were made for one request. */
  duplicates: number
  /** Fields that a change wiped or put back that was not about them, by whoever set them. */
  lostFields: number
  /** It said that it failed, and it was done, or the other way round. */
  falseAnswers: number
}

/** What most clients do, over the same schedule: send what was given, up to three times, and believe the last answer. */
export async function runNaively(
  schedule: Schedule,
  rows: readonly (readonly [string, Row])[],
  foreign: (upstream: ModelUpstream, event: Foreign, serial: number) => void,
  merges: boolean,
): Promise<NaiveSums> {
  const clock = new VirtualClock()
  const numbers = new Map<AbortSignal, number>()
  const upstream = new ModelUpstream(
    schedule.source,
    clock,
    schedule.calls,
    (signal) => numbers.get(signal) ?? -1,
    foreign,
  )
  for (const [id, row] of rows) upstream.rows.set(id, row)
  const legacy = legacyClient(upstream, schedule.dialect)
  const partner = sitePartnerClient(upstream, schedule.dialect)
  const answers: ('done' | 'failed')[] = []

  const send = async ({ name, input }: Request, signal: AbortSignal): Promise<{ kind: string } | null> => {
    const scope = { signal, notBefore: 0 }
    const { email, firstName: firstname, lastName: lastname } = input
    if (name === 'provisionLegacyIdentity')
      return legacy.createUser({ email, firstname, lastname, password: PASSWORD }, scope)
    if (name === 'provisionSitePartnerIdentity')
      return partner.createUser({ email, firstName: firstname, lastName: lastname, partner: 'p1' }, scope)
    const id = idOf({ input })
    if (name === 'deleteIdentity') return legacy.deleteUser(id, scope)
    if (schedule.source === 'LEGACY') {
      const before = merges ? await legacy.getUser(id, scope) : {}
      return before && legacy.putUser(id, { ...before, ...wantedOf({ name, input }) }, scope)
    }
    if (name === 'deactivateIdentity') return partner.archiveUser(id, scope)
    return partner.patchUser(id, wantedOf({ name, input }), scope)
  }
  const client = async (request: Request, number: number): Promise<void> => {
    const { signal } = new AbortController()
    numbers.set(signal, number)
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await send(request, signal).catch(() => undefined)
      answers[number] = answer?.kind === 'done' ? 'done' : 'failed'
      if (answer !== undefined) return
    }
  }
  for (const [number, request] of schedule.requests.entries())
    clock.after(request.at, () => void client(request, number))
  await clock.advance(120_000)

  const sums: NaiveSums = { duplicates: 0, lostFields: 0, falseAnswers: 0 }
  for (const [number, request] of schedule.requests.entries()) {
    const own = upstream.changes.filter(({ actor }) => actor === number)
    const made = own.filter(({ before }) => !before).length
    sums.duplicates += Math.max(made - 1, 0)
    if ((answers[number] === 'failed') === own.length > 0) sums.falseAnswers++
    const wanted = wantedOf(request)
    for (const { before, after } of own) {
      if (!before || !after) continue
      const fields = Object.keys(before).filter((field) => !field.startsWith('updated') && !(field in wanted))
      sums.lostFields += fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field])).length
    }
  }
  return sums
}
