import { readFileSync } from 'node:fs'
import { mercuriusFederationPlugin } from '@mercuriusjs/federation'
import fastify from 'fastify'
import { parse, print, visit } from 'graphql'
import { memoryResolvers } from './answers.ts'

/** Mercurius with its federation and its compiled queries, over objects in memory. It speaks no `@link`, only keys. */
const sdl = parse(readFileSync(new URL('../../../schema/identity.graphql', import.meta.url), 'utf8'))
const keysOnly = visit(sdl, {
  SchemaExtension: () => null,
  Directive: (node) =>
    node.name.value === 'key'
      ? { ...node, arguments: node.arguments?.filter((argument) => argument.name.value === 'fields') ?? [] }
      : null,
})
const app = fastify()
await app.register(mercuriusFederationPlugin, { schema: print(keysOnly), resolvers: memoryResolvers, jit: 1 })
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
