import { fileURLToPath } from 'node:url'

/**
 * The one copy of graphql that Node itself loads. Vite would give our own modules another one, and GraphQL does not take
 * types and errors of one copy for those of the other.
 */
export const oneGraphql = { find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }
