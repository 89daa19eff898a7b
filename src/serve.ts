import { createApp, type App } from './app.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import type { Variables } from './config/environment.ts'
import { createLogger, describeError, type Logger } from './observability/logger.ts'
import { TIMING, type Timing } from './timing.ts'

/** What a shutdown may take beyond its own times before it is taken for stuck, in milliseconds. */
const STUCK_MS = 5_000

/** A terminal that hangs up means the same as a request to end. Secrets need no signal to be read again. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * The process: reads the settings, starts, and ends in order when it is told to. It ends with 0 after an orderly shutdown,
 * with 1 after anything else, and says why: what is for whoever starts it on standard error, the rest in the log.
 */
export async function serve(variables: Variables, timing: Timing = TIMING): Promise<void> {
  const config = readSettings(variables)
  const logger = createLogger(config.secrets)
  reportDefects(logger)
  const app = await createApp(config, logger, timing, process.stderr).catch(stopForSettings)
  try {
    logger.info({ address: await app.server.listen({ host: config.host, port: config.port }) }, 'listening')
  } catch (error) {
    stop(`Cannot listen on HOST ${config.host}, PORT ${config.port}: ${listenFault(error)}.`)
  }
  endOnSignal(app, logger, timing)
}

function readSettings(variables: Variables): Config {
  try {
    return readConfig(variables)
  } catch (error) {
    return stopForSettings(error)
  }
}

function stopForSettings(error: unknown): never {
  if (error instanceof ConfigError) stop(error.message)
  throw error
}

function stop(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function listenFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EADDRINUSE' ? 'another process does already (EADDRINUSE)' : String(code)
}

/** Node would print such errors as they are, and they quote what somebody sent. */
function reportDefects(logger: Logger): void {
  // Nothing is left half done by a promise that nobody waits for, while ending would break off everybody's requests.
  process.on('unhandledRejection', (error) => logger.error(describeError(error), 'unhandled rejection'))
  process.on('uncaughtException', (error) => {
    logger.fatal(describeError(error), 'uncaught exception')
    process.exit(1)
  })
}

function endOnSignal(app: App, logger: Logger, { drainMs, graceMs }: Timing): void {
  let ending = false
  const end = async (signal: string): Promise<void> => {
    logger.info({ signal, again: ending }, 'shutting down')
    // A second signal means: now.
    if (ending) process.exit(1)
    ending = true
    setTimeout(
      () => {
        logger.fatal('the shutdown is stuck')
        process.exit(1)
      },
      drainMs + graceMs + STUCK_MS,
    )
    try {
      await app.shutdown()
      process.exit(0)
    } catch (error) {
      logger.fatal(describeError(error), 'the shutdown failed')
      process.exit(1)
    }
  }
  for (const signal of SIGNALS) process.on(signal, (name) => void end(name))
}
