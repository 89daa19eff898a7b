/**
 * What is used here of packages that only this folder's own manifest installs, so that a type check of the whole needs no
 * baselines. Once they are installed these declarations still count.
 */
declare module '@mercuriusjs/federation' {
  import type { FastifyPluginAsync } from 'fastify'

  export const mercuriusFederationPlugin: FastifyPluginAsync<{
    schema: string
    resolvers: Readonly<Record<string, object>>
    /** After how many times a query is compiled. */
    jit: number
  }>
}
