import type { Calls } from './call-log.ts'
import type { Faults } from './fault-book.ts'
import type { PeopleStore } from '../people/people-store.ts'

/** One simulated upstream and what a test may do to it. */
export interface UpstreamSimulator<Person, Switches> {
  /** The base URL, without a slash at its end. */
  url: string
  people: Pick<PeopleStore<Person>, 'list' | 'get' | 'insert' | 'remove' | 'update'>
  /** Set them at any time; the next request sees it. */
  switches: Switches
  faults: Faults
  calls: Calls
  /** The first population again, no faults, counters zero, switches default. */
  reset(): void
  /** Ends at once, whatever is still open. */
  close(): Promise<void>
}

export interface UpstreamOptions<Person> {
  people: readonly Person[]
  /** 0: any free one. */
  port: number
  now: () => Date
}
