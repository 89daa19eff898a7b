import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLLeafType,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql'
import type { Context } from '../context.ts'
import type { Path } from './path.ts'

/** An operation as far as it can be found out before it is run. */
export interface PreparedOperation {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly fields: readonly PreparedField[]
  /** How many fields it has, fragments unfolded. */
  readonly size: number
}

/** A field of one type, under one name of the answer. */
export interface PreparedField {
  readonly key: string
  /** What stands before its value: the key as JSON text, and the bracket or comma before that. */
  readonly prefix: string
  readonly parentType: GraphQLObjectType
  readonly definition: GraphQLField<unknown, unknown>
  readonly nodes: readonly [FieldNode, ...FieldNode[]]
  readonly shape: Shape
}

/** What becomes of a value. */
export type Shape =
  | { readonly kind: 'nonNull'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'object'; readonly fields: readonly PreparedField[] }
  | {
      readonly kind: 'abstract'
      readonly typeOf: (value: unknown, context: Context, info: GraphQLResolveInfo) => string
      /** Of each type that it can be. */
      readonly fieldsOf: ReadonlyMap<string, readonly PreparedField[]>
    }

/** One time that an operation is run. */
export interface Run {
  readonly prepared: PreparedOperation
  readonly context: Context
  readonly variables: Readonly<Record<string, unknown>>
  readonly errors: GraphQLError[]
  /** The places that those errors left null. */
  readonly nulled: Set<Path>
}
