import { defineConfig } from 'vitest/config'
import { closingLine } from './closing-line.ts'
import { oneGraphql } from './one-graphql.ts'

export default defineConfig({
  resolve: { alias: [oneGraphql] },
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'gateways/**'],
    reporters: ['default', closingLine],
    // Most of the time tests wait for servers and timers; one worker less than there are cores would be one, on small machines.
    maxWorkers: 2,
    // The tests start real servers; a machine with two busy cores needs room, and a hang must still end.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
