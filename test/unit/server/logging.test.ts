import { GraphQLError } from 'graphql'
import { expect, test } from 'vitest'
import { upstreamError } from '../../../src/errors.ts'
import { describeError } from '../../../src/observability/logger.ts'

const SECRET = 'hunter2'

test('a log says of an error its types, codes and places, over all its causes, and none of the words', () => {
  const reset = Object.assign(new Error(`read ECONNRESET https://x/?key=${SECRET}`), {
    code: 'ECONNRESET',
    body: SECRET,
  })
  const description = describeError(upstreamError('UPSTREAM_UNAVAILABLE', 'LEGACY', undefined, { cause: reset }))
  expect(description).toEqual({
    type: 'PublicError',
    code: 'UPSTREAM_UNAVAILABLE',
    frames: expect.arrayContaining([expect.stringContaining('logging.test.ts')]),
    cause: { type: 'Error', code: 'ECONNRESET', frames: expect.any(Array), cause: undefined },
  })
  expect(JSON.stringify(description)).not.toContain(SECRET)
})

// The stack begins with the message, and lines of it that looked like frames were logged.
test.each([
  new Error(`upstream said:\n    at ${SECRET} (user.js:1:1)`),
  new GraphQLError(`${SECRET}\n  at ${SECRET}`),
  new Error('outer', { cause: new TypeError(`\n at ${SECRET}`) }),
])('words of a message never pass for places: %#', (error) => {
  const description = describeError(error)
  expect(JSON.stringify(description)).not.toContain(SECRET)
  expect(description['frames']).toContainEqual(expect.stringContaining('logging.test.ts'))
})

test.each([SECRET, undefined, null, 5, { message: SECRET }])(
  'of what is no error only the type is told: %j',
  (value) => {
    expect(describeError(value)).toEqual({ type: typeof value })
  },
)
