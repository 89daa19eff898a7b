import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answerParent, type Usage } from '../channel.ts'

/**
 * Tailcall, which is no Node process: it is started here, and what it uses is told by this process from where Linux says it.
 *
 * TAILCALL_GLIBC: a folder with a C library and its loader, where the system's is older than the one Tailcall was linked with.
 */
const binary = fileURLToPath(new URL('./node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall', import.meta.url))
const { PORT, PATH, LEGACY_API_URL, SITE_PARTNER_API_URL, TAILCALL_GLIBC: glibc } = process.env

const folder = mkdtempSync(join(tmpdir(), 'bench-tailcall-'))
const config = join(folder, 'tailcall.graphql')
const template = readFileSync(new URL('./tailcall.graphql', import.meta.url), 'utf8')
writeFileSync(config, template.replace('port: 8000', `port: ${PORT}`))

const command = glibc ? [join(glibc, 'ld-linux-x86-64.so.2'), '--library-path', `${glibc}:/lib/x86_64-linux-gnu`] : []
const [program, ...args] = [...command, binary, 'start', config]
const tailcall = spawn(program, args, {
  // It would tell its makers that it was started.
  env: { PATH, LEGACY_API_URL, SITE_PARTNER_API_URL, TAILCALL_TRACKER: 'false', TC_TRACKER: 'false' },
  stdio: ['ignore', 'inherit', 'inherit'],
})
process.once('SIGTERM', () => tailcall.kill())

answerParent({ usage: () => usageOf(tailcall.pid) })
const [code] = (await once(tailcall, 'exit')) as [number | null]
rmSync(folder, { recursive: true })
process.exit(code ?? 1)

/** To within a hundredth of a second: that is how Linux counts for other processes. */
function usageOf(pid: number | undefined): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name stands in parentheses and may hold anything; user and system time are the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const rssKiB = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { cpuUs: ticks * 10_000, rssBytes: Number(rssKiB) * 1024 }
}
