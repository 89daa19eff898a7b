import { expect, it } from 'vitest'
import { toAuditQuestion } from '../../../src/identity/audit.ts'

const addressesOf = (...activeEmails: string[]): readonly string[] =>
  toAuditQuestion({ activeEmails }, new Set()).emails

it.each(['secret', '@secret', 'secret@', 'secret@a@b.c', 'Ann <secret@b.c>', 'secret@b .c', 'secret\0@b.c', '@', ''])(
  'an audit takes %j for no address, and names its place alone',
  (email) => {
    expect(() => addressesOf('a@b.c', email)).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/^"input\.activeEmails\[1\]": (?!.*secret)/),
      }),
    )
  },
)

it('an audit takes what looks unusual for an address all the same', () => {
  const unusual = ["o'brien+x!#$%@b.c", 'ann@localhost', 'éva@bücher.example', '李@例え.jp', 'a"b"@[192.0.2.1]']
  expect(addressesOf(...unusual)).toEqual(unusual)
  expect(addressesOf('\t ANN@B.c \n', 'ann@b.C')).toEqual(['ann@b.c'])
})
