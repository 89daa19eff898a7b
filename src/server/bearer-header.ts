/** A token is in every request's headers, of which Node takes 16 kB in all. */
const MAX_TOKEN_LENGTH = 8 * 1024

/** RFC 6750, section 2.1; schemes are spelt in any letter case. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i

export type BearerHeader = 'NONE' | 'INVALID' | { readonly value: string }

/**
 * The bearer token of a request. By its raw headers, because of two `authorization` headers Node shows only the first, and
 * what stands before this server may have looked at the other.
 *
 * @param rawHeaders names and values in turn, as Node gives them.
 */
export function readBearer(rawHeaders: readonly string[]): BearerHeader {
  const values = rawHeaders.filter(
    (_text, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  const [value = ''] = values
  if (values.length <= 1 && value.trim() === '') return 'NONE'
  if (values.length > 1 || value.length > MAX_TOKEN_LENGTH) return 'INVALID'
  const token = BEARER.exec(value.trim())?.[1]
  return token === undefined ? 'INVALID' : { value: token }
}
