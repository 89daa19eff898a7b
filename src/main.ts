import { createApp } from './app.ts'
import { ConfigError, readConfig } from './config.ts'
import { createLogger } from './observability/logger.ts'

try {
  const config = readConfig(process.env)
  const logger = createLogger(config.secrets)
  const app = await createApp(config, logger)
  const address = await app.server.listen({ host: config.host, port: config.port })
  logger.info({ address }, 'listening')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'shutting down')
      // A second signal means: now.
      process.once(signal, () => process.exit(1))
      void app.shutdown().then(() => process.exit(0))
    })
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exit(1)
}
