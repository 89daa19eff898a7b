import { DirectoryFault } from './fault.ts'
import type { DirectoryReader } from './store.ts'

const unready = (): never => {
  throw new DirectoryFault('unready')
}

/** What a directory says before anything is known of any source. */
export const NOTHING_KNOWN: DirectoryReader = {
  byKeys: (keys) => keys.map(() => undefined),
  byEmails: unready,
  predecessor: () => undefined,
  knowledge: () => ({ ready: false, known: 0, whole: null }),
  countLacking: () => 0,
  restSince: () => null,
  changes: unready,
  latestChange: unready,
  page: async () => unready(),
  count: async () => unready(),
  audit: async () => unready(),
}
