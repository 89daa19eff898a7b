/** What one upstream knows how to do with its own kind of record. */
export interface RecordKind<Person> {
  idOf(person: Person): string
  mintId(): string
  /** A whole record; `fields` win over the defaults. */
  complete(fields: Partial<Person>, mintId: () => string, now: Date): Person
  /** The part of a record that says when it last changed. */
  touched(now: Date): Partial<Person>
}

/** The accounts in one upstream, in the order they were made. Records are never changed in place. */
export interface PeopleStore<Person> {
  /** The accounts as they are now: later changes do not show in it. */
  list(): readonly Person[]
  get(id: string): Person | undefined
  /** Adds an account (missing fields get defaults), at the end or at `index`. Throws when the id is taken. */
  insert(person: Partial<Person>, index?: number): Person
  /** True when there was such an account. */
  remove(id: string): boolean
  /** Changes some fields, and the time of the last change unless `fields` sets it. Undefined: no such account. */
  update(id: string, fields: Partial<Person>): Person | undefined
  /** The place in the list, or -1. */
  indexOf(id: string): number
  /** True when the id is or was in use since the last reset. */
  everHeld(id: string): boolean
  /** The first accounts again, and the same sequence of new ids. */
  reset(): void
}

export function createPeopleStore<Person extends object>(
  newKind: () => RecordKind<Person>,
  initial: readonly Person[],
  now: () => Date,
): PeopleStore<Person> {
  let kind = newKind()
  let people: Person[] = []
  let byId = new Map<string, Person>()
  let usedIds = new Set<string>()

  function unusedId(): string {
    const id = kind.mintId()
    // A test may have chosen this id by hand; upstreams never give one out twice.
    return usedIds.has(id) ? unusedId() : id
  }

  const store: PeopleStore<Person> = {
    list: () => people.slice(),
    get: (id) => byId.get(id),
    indexOf(id) {
      const person = byId.get(id)
      return person === undefined ? -1 : people.indexOf(person)
    },
    everHeld: (id) => usedIds.has(id),
    insert(fields, index = people.length) {
      const person = kind.complete(fields, unusedId, now())
      const id = kind.idOf(person)
      if (byId.has(id)) throw new Error(`there is already a person with the id ${id}`)
      people.splice(index, 0, person)
      byId.set(id, person)
      usedIds.add(id)
      return person
    },
    remove(id) {
      const index = store.indexOf(id)
      if (index < 0) return false
      people.splice(index, 1)
      return byId.delete(id)
    },
    update(id, fields) {
      const index = store.indexOf(id)
      const before = people[index]
      if (before === undefined) return undefined
      const after = { ...before, ...kind.touched(now()), ...fields }
      if (kind.idOf(after) !== id) throw new Error('an id cannot change')
      people[index] = after
      byId.set(id, after)
      return after
    },
    reset() {
      kind = newKind()
      people = [...initial]
      byId = new Map(people.map((person) => [kind.idOf(person), person]))
      usedIds = new Set(byId.keys())
    },
  }
  store.reset()
  return store
}
