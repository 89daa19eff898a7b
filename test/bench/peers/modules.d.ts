/**
 * What is used here of packages that only this folder's own manifest installs, so that a type check of the whole needs no
 * peers. Once they are installed these declarations still count.
 */
declare module '@apollo/datasource-rest' {
  export interface AugmentedRequest {
    readonly headers: Record<string, string>
  }

  export interface DataSourceConfig {
    readonly cache?: unknown
  }

  export abstract class RESTDataSource {
    constructor(config?: DataSourceConfig)
    baseURL?: string
    protected willSendRequest?(path: string, request: AugmentedRequest): void
    protected get<Body>(
      path: string,
      request?: { readonly params?: Readonly<Record<string, string | undefined>> },
    ): Promise<Body>
  }
}

declare module '@graphql-mesh/compose-cli' {
  export interface ComposeConfig {
    readonly subgraphs: readonly { readonly sourceHandler: unknown }[]
  }

  export function defineConfig(config: ComposeConfig): ComposeConfig
}

declare module '@omnigraph/openapi' {
  export function loadOpenAPISubgraph(
    name: string,
    options: {
      readonly source: string
      readonly endpoint: string
      readonly operationHeaders: Readonly<Record<string, string>>
    },
  ): unknown
}
