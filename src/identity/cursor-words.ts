/** What may stand in a cursor as it is; nothing that parts words or has to be escaped in an answer or a URL. */
const PLAIN = /^[\w-]*$/

/** Parts the words of a cursor. */
export const BETWEEN = '~'

/** An id as a word of a cursor: as it is or, with other characters, as base64url of JSON. Absent: the empty word. */
export function toWord(id: string | undefined): string {
  if (id === undefined) return ''
  return PLAIN.test(id) ? `i${id}` : `j${Buffer.from(JSON.stringify(id)).toString('base64url')}`
}

/** @param word one that `toWord` made. */
export function fromWord(word: string): string | undefined {
  if (word === '') return undefined
  const text = word.slice(1)
  return word.startsWith('i') ? text : (JSON.parse(Buffer.from(text, 'base64url').toString()) as string)
}
