import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSubgraph, type Answer, type Subgraph, type SubgraphOptions } from './subgraph.ts'

/** All that there is to see of a payload. */
const PAYLOAD = `outcome idempotencyKey errors { code message path }
  identity { id source sourceId email firstName lastName displayName status sourceStatus role timezone locale
    partner { id } network { id } createdAt updatedAt }`

export type MutationName =
  | 'provisionLegacyIdentity'
  | 'provisionSitePartnerIdentity'
  | 'updateIdentity'
  | 'deactivateIdentity'
  | 'reactivateIdentity'
  | 'deleteIdentity'

export interface WritingSubgraph extends Subgraph {
  /** The payload of one mutation; null where it ended in an error. */
  write(name: MutationName, input: Record<string, unknown>): Promise<any>
  /** The same as it came over the wire. */
  send(name: MutationName, input: Record<string, unknown>): Promise<Answer>
  /** The audit log so far. */
  audit(): any[]
  readonly auditText: () => string
  /** @param atEnd called when the server has shut down and the log is still there. */
  close(atEnd?: () => void): Promise<void>
}

/** The whole product with writes on, and its audit log in a file. */
export async function startWriting(options: SubgraphOptions = {}): Promise<WritingSubgraph> {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'))
  const file = join(folder, 'audit.log')
  const writes = { LEGACY_WRITES: 'on', SITE_PARTNER_WRITES: 'on', LEGACY_DELETE: 'on', AUDIT_LOG: file }
  const subgraph = await startSubgraph({
    ...options,
    simulator: { people: { legacy: 130, sitePartner: 130, shared: 40 }, ...options.simulator },
    variables: { ...writes, ...options.variables },
    // A busy machine answers late, and a write whose answer never comes should still not hold a test up for long. The breaker
    // lets calls through again as soon as an upstream is well, so that no test is refused for what another had failed.
    timing: { attemptTimeoutMs: 1_500, mutationDeadlineMs: 15_000, breakerOpenMs: 1, ...options.timing },
  })
  const send = async (name: MutationName, input: Record<string, unknown>): Promise<Answer> => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
    return subgraph.ask(`mutation ($input: ${type}!) { ${name}(input: $input) { ${PAYLOAD} } }`, { input })
  }
  const auditText = (): string => readFileSync(file, 'utf8')
  return {
    ...subgraph,
    send,
    write: async (name, input) => (await send(name, input)).data?.[name],
    auditText,
    audit: () =>
      auditText()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    close: async (atEnd) => {
      await subgraph.close()
      atEnd?.()
      rmSync(folder, { recursive: true })
    },
  }
}
