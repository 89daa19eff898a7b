/**
 * Asks for the same thing once, for one request; what failed is not asked for again either.
 *
 * @param nameOf equal for keys that mean the same.
 */
export function once<Key, Value>(
  nameOf: (key: Key) => string,
  ask: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  const answers = new Map<string, Promise<Value>>()
  return (key) => {
    const name = nameOf(key)
    const known = answers.get(name)
    if (known) return known
    const answer = ask(key)
    answers.set(name, answer)
    return answer
  }
}
