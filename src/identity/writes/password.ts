import { randomBytes } from 'node:crypto'

/** 256 bits, and, for policies that ask for it, a letter of each case, a digit and a sign, whatever the bits are. */
export function createPassword(): string {
  return `${randomBytes(32).toString('base64url')}Aa1!`
}
