import { jsonObject, looksLikeEmail, sameEmail } from '../server/answer.ts'
import { invalid } from './legacy-answers.ts'
import type { LegacySwitches } from './legacy-switches.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { LegacyPerson } from '../people/records.ts'

export type LegacyPeople = PeopleStore<LegacyPerson>

/** The fields that a caller may write, and whether null is a value for them. */
const WRITABLE = {
  firstname: 'nullable',
  lastname: 'nullable',
  email: 'text',
  password: 'text',
  status: 'text',
  role: 'nullable',
  timezone: 'nullable',
  locale: 'nullable',
  phone: 'nullable',
} as const

type Writable = keyof typeof WRITABLE

/** What PUT sets a field to when it was left out; e-mail and password are kept. */
const RESET = {
  firstname: null,
  lastname: null,
  timezone: null,
  locale: null,
  phone: null,
  role: 'standard',
  // The sting: a careless PUT lets somebody in again who had been shut out.
  status: 'active',
} as const

const REQUIRED_ON_CREATE: readonly Writable[] = ['firstname', 'lastname', 'email', 'password']
const SHORTEST_PASSWORD = 8

/** Makes the account that a POST asks for, or throws a Refusal. */
export function createLegacyPerson(body: string, people: LegacyPeople, switches: LegacySwitches): LegacyPerson {
  const fields = writableFields(body)
  const missing = REQUIRED_ON_CREATE.filter((name) => fields[name] === undefined || fields[name] === null)
  if (missing.length > 0) throw invalid(`Missing required field: ${missing.join(', ')}`, missing)
  checkValues(fields, people, undefined, switches)
  const kept = switches.createFields === 'all' ? Object.keys(fields) : REQUIRED_ON_CREATE
  return people.insert(
    Object.fromEntries(Object.entries(fields).filter(([name]) => kept.some((field) => field === name))),
  )
}

/** Changes the account as a PUT asks. Returns the fields that were sent, for the echo; throws a Refusal. */
export function putLegacyPerson(
  id: string,
  body: string,
  people: LegacyPeople,
  switches: LegacySwitches,
): Record<string, unknown> {
  const fields = writableFields(body)
  const missing = Object.keys(RESET).filter((name) => !(name in fields))
  if (switches.put === 'reject-missing' && (missing.length > 0 || fields.email === undefined)) {
    throw invalid('Missing required field', [...missing, ...(fields.email === undefined ? ['email'] : [])])
  }
  checkValues(fields, people, id, switches)
  people.update(id, switches.put === 'replace' ? { ...RESET, ...fields } : fields)
  const { password: _, ...echo } = fields
  return echo
}

type Fields = Partial<Pick<LegacyPerson, Writable>>

/** Takes what may be written and leaves the rest (user_id, created_at, …) aside, as the upstream does. */
function writableFields(body: string): Fields {
  const sent = jsonObject(body)
  if (sent === undefined) throw invalid('The body must be a JSON object')
  const fields: Record<string, string | null> = {}
  for (const [name, kind] of Object.entries(WRITABLE)) {
    const value = sent[name]
    if (value === undefined) continue
    if (typeof value !== 'string' && !(value === null && kind === 'nullable')) throw invalid(`Invalid ${name}`, [name])
    fields[name] = value
  }
  return fields
}

function checkValues(fields: Fields, people: LegacyPeople, ownId: string | undefined, switches: LegacySwitches): void {
  const { email, password, status } = fields
  if (status === '') throw invalid('Invalid status', ['status'])
  if (password !== undefined && password.length < SHORTEST_PASSWORD) throw invalid('Weak password', ['password'])
  if (email == null) return
  if (!looksLikeEmail(email)) throw invalid('Invalid email', ['email'])
  const holder = people.list().find((person) => sameEmail(person.email, email) && person.user_id !== ownId)
  // It quotes the address, as vendors do: what a client logs or shows of an upstream's message is worth a test.
  if (holder !== undefined) throw invalid(`The email ${email} is already in use`, ['email'], switches.duplicateStatus)
}
