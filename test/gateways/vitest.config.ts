import { defineConfig } from 'vitest/config'
import { closingLine } from '../closing-line.ts'
import { oneGraphql } from '../one-graphql.ts'

export default defineConfig({
  resolve: { alias: [oneGraphql] },
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    reporters: ['default', closingLine],
    testTimeout: 20_000,
    // Gateways load for seconds on a busy machine.
    hookTimeout: 60_000,
  },
})
