/**
 * The ways in which a text can stand in other texts: as it is, in JSON (also within JSON), in a URL, in hex, and in
 * base64, where its letters hang on how many bytes stand before it; the edges, in which its neighbours have a part, are
 * left out.
 */
export function spellingsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const shifted = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const end = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1
    return encoded.slice(Math.ceil((before * 4) / 3), end)
  })
  const inJson = JSON.stringify(text).slice(1, -1)
  const toUrl = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')
  return [
    ...new Set([
      text,
      inJson,
      JSON.stringify(inJson).slice(1, -1),
      encodeURIComponent(text),
      bytes.toString('hex'),
      ...shifted,
      ...shifted.map(toUrl),
    ]),
  ]
}
