import { ConfigError, readConfig } from '../config.ts'
import { runDoctor } from './doctor.ts'
import { hasFailed, type Finding } from './findings.ts'
import { formatReport } from './report.ts'

const findings = await examine()
process.stdout.write(formatReport(findings))
// Not process.exit: that could cut off what is still being written to a pipe.
process.exitCode = hasFailed(findings) ? 1 : 0

async function examine(): Promise<readonly Finding[]> {
  try {
    return await runDoctor(readConfig(process.env))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.faults.map((seen) => ({ source: 'settings', check: 'environment', result: 'FAIL', seen }))
  }
}
