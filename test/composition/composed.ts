/** A key of an entity as a composer understood it. */
export interface EntityKey {
  readonly fields: string
  readonly resolvable: boolean
}

export interface ListSize {
  readonly assumedSize?: number | undefined
  readonly slicingArguments?: readonly string[] | undefined
  readonly sizedFields?: readonly string[] | undefined
  readonly requireOneSlicingArgument?: boolean | undefined
}

/** What came of a composition, the same for every composer. */
export interface Composed {
  /** Empty when it went well; nothing else here can be asked if not. */
  readonly errors: readonly string[]
  keys(subgraph: string, type: string): readonly EntityKey[]
  /** The subgraphs that say that they can resolve the field. */
  owners(type: string, field: string): readonly string[]
  /** The coordinates that carry the tag, such as `Identity.email`, in order. */
  tagged(tag: string): readonly string[]
  /** By coordinate: the lists of which one is enough, each as one text, in order. */
  requiredScopes(): Record<string, string[]>
  cost(coordinate: string): number | undefined
  listSize(coordinate: string): ListSize | undefined
}

export function failed(errors: readonly string[]): Composed {
  const ask = (): never => {
    throw new Error(`Composition failed: ${errors.join('\n')}`)
  }
  return { errors, keys: ask, owners: ask, tagged: ask, requiredScopes: ask, cost: ask, listSize: ask }
}
