import { readFileSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { gql } from 'graphql-tag'
import { memoryResolvers } from './answers.ts'

/** Apollo Server as its documents start it, over objects in memory, with the default resolvers for every field. */
const typeDefs = gql(readFileSync(new URL('../../../schema/identity.graphql', import.meta.url), 'utf8'))
const server = new ApolloServer({ schema: buildSubgraphSchema([{ typeDefs, resolvers: memoryResolvers }]) })
await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: Number(process.env['PORT']) } })
