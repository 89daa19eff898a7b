import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { jsonObject } from './answer.ts'
import { asRecord, parseFault } from './fault.ts'
import type { UpstreamSimulator } from './upstream-simulator.ts'
import { switchFault } from './switches.ts'
import type { SwitchTable } from './switches.ts'

export interface AdminOptions<Person extends object> {
  simulator: UpstreamSimulator<Person, object>
  switchTable: SwitchTable
  /** A whole person, to check the fields of a new one against. */
  example: Person
  /** Further `POST /_admin/<name>` calls without a body. */
  actions: Record<string, () => void>
}

/** The calls under `/_admin/`: the same powers over HTTP, for whoever runs in another process. Not counted. */
export function addAdminRoutes<Person extends object>(app: FastifyInstance, options: AdminOptions<Person>): void {
  const { simulator, switchTable, example, actions } = options
  const { calls, faults, people, switches } = simulator

  app.get('/_admin/calls', () => ({
    count: calls.count(),
    pending: calls.pending(),
    byEndpoint: calls.byEndpoint(),
    log: calls.log(),
  }))
  app.delete('/_admin/calls', done(calls.reset))
  app.post(
    '/_admin/faults',
    withBody((body) => faults.add(parseFault(body))),
  )
  app.delete('/_admin/faults', done(faults.clear))
  app.patch(
    '/_admin/switches',
    withBody((body) => {
      const fault = switchFault(switchTable, body)
      if (fault !== undefined) throw new Error(fault)
      return Object.assign(switches, body)
    }),
  )
  app.post(
    '/_admin/people',
    withBody(({ person, index, ...rest }) => {
      const unknown = Object.keys(rest)[0]
      if (unknown !== undefined) throw new Error(`unknown field "${unknown}"; there are: person, index`)
      if (index !== undefined && (!Number.isInteger(index) || Number(index) < 0)) {
        throw new Error('"index" must be a whole number, 0 or more')
      }
      return people.insert(checkedPerson(person, example), index === undefined ? undefined : Number(index))
    }),
  )
  app.delete('/_admin/people/:id', (request: FastifyRequest, reply: FastifyReply) => {
    const { id } = request.params as { id: string }
    if (people.remove(id)) return reply.send({ ok: true })
    return reply.code(404).send({ error: `there is no person with the id ${id}` })
  })
  for (const [name, action] of Object.entries({ ...actions, reset: simulator.reset, release: faults.release })) {
    app.post(`/_admin/${name}`, done(action))
  }
}

const done = (action: () => void) => () => {
  action()
  return { ok: true }
}

function withBody(work: (body: Record<string, unknown>) => unknown) {
  return (request: FastifyRequest, reply: FastifyReply): unknown => {
    const body = jsonObject(typeof request.body === 'string' ? request.body : '')
    if (body === undefined) return reply.code(400).send({ error: 'the body must be a JSON object' })
    try {
      return work(body) ?? { ok: true }
    } catch (error) {
      return reply.code(400).send({ error: error instanceof Error ? error.message : String(error) })
    }
  }
}

function checkedPerson<Person extends object>(input: unknown, example: Person): Partial<Person> {
  const person = asRecord(input)
  if (person === undefined) throw new Error('"person" must be a JSON object')
  for (const [name, value] of Object.entries(person)) {
    if (!Object.hasOwn(example, name)) {
      throw new Error(`a person has no field "${name}"; there are: ${Object.keys(example).join(', ')}`)
    }
    const wanted: unknown = example[name as keyof Person]
    if (typeof wanted === 'object' && wanted !== null) {
      if (typeof asRecord(value)?.['id'] !== 'string') throw new Error(`"${name}" must be an object with an "id"`)
    } else if (typeof wanted === 'boolean' ? typeof value !== 'boolean' : value !== null && typeof value !== 'string') {
      throw new Error(`"${name}" must be ${typeof wanted === 'boolean' ? 'a boolean' : 'a string or null'}`)
    }
  }
  return person as Partial<Person>
}
