import type { TokenConfig } from '../config/access.ts'
import { describeError, type Logger } from '../observability/logger.ts'
import { createTokenVerifier, type VerifyToken } from '../server/bearer-tokens.ts'
import { createKeySet, fetchKeys } from '../server/key-set.ts'

/** How callers' bearer tokens are verified. */
export function createTokens(config: TokenConfig, logger: Logger): VerifyToken {
  const keySet = createKeySet({
    load: async () => fetchKeys(config.jwksUrl),
    monotonicNow: () => performance.now(),
    onFailure: (error) => logger.warn(describeError(error), 'the key set of JWKS_URL could not be loaded'),
  })
  return createTokenVerifier({ config, keySet, now: () => new Date() })
}
