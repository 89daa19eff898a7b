import { PublicError } from '../../errors.ts'
import { parseIdentityId, type AccountKey } from '../identity-id.ts'
import { identityError, type IdentityError } from './payload.ts'

/** Controls, halves of characters, line separators, and what turns the direction of writing around. Joiners are letters' own. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u

const LOCAL_PART = /^(?!\.)(?!.*\.\.)(?!.*\.$)[^\s@"(),:;<>[\]\\]{1,64}$/u
const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u

/** RFC 5321. */
const MAX_EMAIL = 254
const MAX_NAME = 255
const MAX_WORD = 100
const MAX_PASSWORD = 128
const MAX_ID = 255

/** Nothing of it would be seen: white space, joiners, marks of direction, Hangul's and Braille's blanks. */
const INVISIBLE = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u

type Given = string | null | undefined

/** Gathers everything that is wrong with an input, each fault with its path. It never repeats what was given. */
export class InputCheck {
  readonly faults: IdentityError[] = []

  fault(field: string, message: string): void {
    this.faults.push(identityError('INVALID_INPUT', message, field))
  }

  /** The account that a global id names; undefined when it names none. */
  id(value: string): AccountKey | undefined {
    try {
      return parseIdentityId(value)
    } catch (error) {
      if (!(error instanceof PublicError)) throw error
      this.fault('id', error.message)
      return undefined
    }
  }

  email(field: string, value: string): void {
    const [local = '', domain = '', ...more] = value.split('@')
    const isOne = more.length === 0 && LOCAL_PART.test(local) && DOMAIN.test(domain)
    if (!isOne || value.length > MAX_EMAIL || UNFIT.test(value)) {
      this.fault(field, `This is an e-mail address of at most ${MAX_EMAIL} characters, such as ana@example.com.`)
    }
  }

  name(field: string, value: string): void {
    this.#text(field, value, MAX_NAME)
  }

  /** A role, a time zone, a locale: in the source's own words, which are not known here. */
  word(field: string, value: Given): void {
    if (value !== undefined && value !== null) this.#text(field, value, MAX_WORD)
  }

  reference(field: string, value: string): void {
    if (!/^[^\s\p{C}]{1,255}$/u.test(value))
      this.fault(field, `This is an id of 1 to ${MAX_ID} characters without blanks.`)
  }

  idempotencyKey(value: Given): void {
    if (value !== undefined && value !== null) this.#text('idempotencyKey', value, MAX_ID)
  }

  password(value: Given): void {
    if (value === undefined || value === null) return
    if (value.length === 0 || value.length > MAX_PASSWORD || UNFIT.test(value)) {
      this.fault('password', `This is 1 to ${MAX_PASSWORD} characters without control characters, or left out.`)
    }
  }

  #text(field: string, value: string, max: number): void {
    if (INVISIBLE.test(value) || value.length > max || UNFIT.test(value)) {
      this.fault(field, `This is 1 to ${max} characters without control characters.`)
    }
  }
}
