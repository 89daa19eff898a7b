import * as apollo from '@apollo/composition'
import * as hive from '@theguild/federation-composition'
import * as cosmo from '@wundergraph/composition'
import { parse } from 'graphql'
import type { Service } from '../fixtures/fixture-subgraph.ts'
import { failed, type Composed } from './composed.ts'
import { requiredScopesIn, taggedIn } from './definitions.ts'
import { readSupergraph } from './supergraph-facts.ts'

export type Compose = (services: readonly Service[]) => Composed

/** The composers behind Apollo's, Hive's and Cosmo's routers. What one of them takes, another may refuse. */
export const COMPOSERS: readonly (readonly [name: string, compose: Compose])[] = [
  ['Apollo', composeWithApollo],
  ['Hive', composeWithHive],
  ['Cosmo', composeWithCosmo],
]

function composeWithApollo(services: readonly Service[]): Composed {
  const { supergraphSdl, errors } = apollo.composeServices(services.map(toDefinition))
  return supergraphSdl === undefined ? failed(messagesOf(errors)) : readSupergraph(supergraphSdl)
}

function composeWithHive(services: readonly Service[]): Composed {
  const { supergraphSdl, errors } = hive.composeServices(services.map(toDefinition))
  return supergraphSdl === undefined ? failed(messagesOf(errors)) : readSupergraph(supergraphSdl)
}

/** Cosmo writes no supergraph but its router's configuration. */
function composeWithCosmo(services: readonly Service[]): Composed {
  const result = cosmo.federateSubgraphs({
    subgraphs: services.map(({ name, url, sdl }) => ({ name, url, definitions: parse(sdl) })),
    version: cosmo.ROUTER_COMPATIBILITY_VERSION_ONE,
  })
  if (!result.success) return failed(messagesOf(result.errors))
  const subgraphs = [...result.subgraphConfigBySubgraphName]
  const costs = subgraphs.flatMap(([, { costs }]) => costs ?? [])
  return {
    errors: [],
    keys: (subgraph, type) =>
      (result.subgraphConfigBySubgraphName.get(subgraph)?.configurationDataByTypeName.get(type)?.keys ?? []).map(
        ({ selectionSet, disableEntityResolver }) => ({ fields: selectionSet, resolvable: !disableEntityResolver }),
      ),
    owners: (type, field) =>
      subgraphs
        .filter(([, { configurationDataByTypeName: data }]) => data.get(type)?.fieldNames.has(field))
        .map(([name]) => name)
        .toSorted(),
    tagged: (tag) => taggedIn(result.federatedGraphAST, tag),
    requiredScopes: () => requiredScopesIn(result.federatedGraphAST),
    cost: (coordinate) => costs.map(({ fieldWeights }) => fieldWeights.get(coordinate)?.weight).find(Boolean),
    listSize: (coordinate) => costs.map(({ listSizes }) => listSizes.get(coordinate)).find(Boolean),
  }
}

function toDefinition({ name, url, sdl }: Service) {
  return { name, url, typeDefs: parse(sdl) }
}

function messagesOf(errors: readonly { message: string }[] | undefined): string[] {
  return (errors ?? []).map(({ message }) => message)
}
