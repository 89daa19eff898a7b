import { composeServices } from '@apollo/composition'
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals'
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { readSdl } from '../../src/graphql/schema.ts'
import { elementsOf } from './definitions.ts'

const TAG = '@tag(name: "pii")'

/** The API that a contract without the tag shows: what is tagged is there for the router, but for no client. */
function contractWithoutPii(): string[] {
  const sdl = readSdl()
    .split('\n')
    .map((line) => (line.startsWith('#') ? line : line.replaceAll(TAG, `${TAG} @inaccessible`)))
    .join('\n')
    .replace('"@tag"', '"@tag", "@inaccessible"')
  const { supergraphSdl, errors } = composeServices([{ name: 'identity', url: '', typeDefs: parse(sdl) }])
  expect(errors).toBeUndefined()
  const api = Supergraph.build(supergraphSdl as string, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  }).apiSchema()
  return elementsOf(api.toAST()).map(({ coordinate }) => coordinate)
}

test('a contract without personal fields holds together and still has all accounts', () => {
  const coordinates = contractWithoutPii()
  expect(coordinates).toEqual(expect.arrayContaining(['Query.identities', 'Identity.id', 'Identity.status']))
  expect(coordinates).toEqual(expect.arrayContaining(['IdentityFilter.status', 'IdentityOrderField.CREATED_AT']))
  const personal = coordinates.filter((each) => /e-?mail|holder|(first|last|display)name|search/i.test(each))
  // Only the scalar stays, with nothing that uses it.
  expect(personal).toEqual(['EmailAddress'])
})
