import { describe, expect, it } from 'vitest'
import { chooseMode, type Mode, type ModeQuestion, type Standing } from '../../../src/directory/choose-mode.ts'

const GOOD: Standing = { ready: true, fresh: true, carried: true, current: true }
const UNREADY = { ...GOOD, ready: false, fresh: false }
const STALE = { ...GOOD, fresh: false }
const LACKING = { ...GOOD, carried: false }
const AGED = { ...GOOD, current: false }

const begun = (begunIn: ModeQuestion['begunIn'], needsDirectory = false) => ({ begunIn, needsDirectory })
const either = begun(null)
const bound = begun(null, true)
const live = begun('live')
const kept = begun('directory')

const cases: readonly [string, Omit<ModeQuestion, 'standings'>, readonly Standing[], Mode][] = [
  ['what is kept answers as soon as it is good', either, [GOOD, GOOD], 'directory'],
  ['one source that was never read whole makes a question live', either, [GOOD, UNREADY], 'live'],
  ['or refused, where live cannot answer it', bound, [GOOD, UNREADY], 'unready'],
  ['so does one that is too old', either, [STALE, GOOD], 'live'],
  ['or it waits', bound, [STALE, GOOD], 'wait'],
  ['fields that are still to come make a new question live', either, [LACKING, GOOD], 'live'],
  ['or refuse it', bound, [LACKING, STALE], 'lacking'],
  ['but do not break off a walk', kept, [LACKING, GOOD], 'directory'],
  ['fields that no sweep reads anew make a question live once they are too old', either, [AGED, GOOD], 'live'],
  ['or refuse it, for waiting would not help', bound, [{ ...AGED, fresh: false }, GOOD], 'aged'],
  ['also within a walk', kept, [GOOD, AGED], 'aged'],
  ['a walk that began live ends live', live, [GOOD, GOOD], 'live'],
  ['one that began in the directory waits rather than change', kept, [STALE, GOOD], 'wait'],
  ['and is refused rather than begin anew in another order', kept, [UNREADY, GOOD], 'unready'],
]

describe('how a question is answered', () => {
  it.each(cases)('%s', (_name, question, standings, mode) => {
    expect(chooseMode({ ...question, standings })).toBe(mode)
  })
})
