/** Where in an answer; as graphql-js has it. */
export interface Path {
  readonly prev: Path | undefined
  readonly key: string | number
  readonly typename: string | undefined
}

export function toArray(path: Path): (string | number)[] {
  const keys: (string | number)[] = []
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key)
  return keys.toReversed()
}

/** Whether a place is one of those, or within one. */
export function isWithin(path: Path, places: ReadonlySet<Path>): boolean {
  for (let at: Path | undefined = path; at; at = at.prev) if (places.has(at)) return true
  return false
}
