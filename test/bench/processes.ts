import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Blueprint } from './blueprints.ts'
import { ask, type Usage } from './channel.ts'

/** A process that serves HTTP on a port of 127.0.0.1. */
export interface Served {
  readonly child: ChildProcess
  readonly origin: string
}

const PROBE = new URL('./probe.ts', import.meta.url).href
const UPSTREAM = new URL('./upstream.ts', import.meta.url)
const LOAD = new URL('./load.ts', import.meta.url)
const START_MS = 60_000
/** Our own server drains for a while before it closes. */
const STOP_MS = 12_000

/** All processes of a run, to be ended together. */
export class Processes {
  readonly #children: ChildProcess[] = []
  readonly #pin: boolean
  #cpuOfStoppedUs = 0

  constructor(pin: boolean) {
    this.#pin = pin && availableParallelism() > 1
  }

  /**
   * A server under measurement, with the probe in it unless it is `foreign`, which tells its usage itself. Rejects with the end
   * of what it printed when it does not start.
   */
  startServer(
    { main, flags = [], foreign = false }: Pick<Blueprint, 'main' | 'flags' | 'foreign'>,
    variables: Readonly<Record<string, string>>,
  ): Promise<Served> {
    return this.#start(main, variables, foreign ? [] : [...flags, '--import', PROBE], '0')
  }

  /** Both upstreams with so many people each. */
  startUpstream(people: number): Promise<Served> {
    return this.#start(UPSTREAM, { PEOPLE: String(people) }, [], `1-${availableParallelism() - 1}`)
  }

  startLoad(): ChildProcess {
    const child = fork(LOAD, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#children.push(child)
    this.#pinTo(child, `1-${availableParallelism() - 1}`)
    return child
  }

  /** What all of them and this process have used. */
  async cpuUs(): Promise<number> {
    const { user, system } = process.cpuUsage()
    return this.#cpuOfStoppedUs + user + system + (await cpuOf(this.#children))
  }

  async stop(children: readonly ChildProcess[] = this.#children): Promise<void> {
    this.#cpuOfStoppedUs += await cpuOf(children)
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exit = once(child, 'exit')
        child.kill('SIGTERM')
        const last = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
        await exit
        clearTimeout(last)
      }),
    )
  }

  async #start(
    main: URL | string,
    variables: Readonly<Record<string, string>>,
    execArgv: string[],
    cpus: string,
  ): Promise<Served> {
    const port = await freePort()
    const child = fork(typeof main === 'string' ? main : fileURLToPath(main), {
      execArgv,
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...variables, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#children.push(child)
    // At once: what it starts itself stays where it is.
    this.#pinTo(child, cpus)
    let printed = ''
    const keep = (text: Buffer): void => void (printed = (printed + text.toString()).slice(-2_000))
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    const origin = `http://127.0.0.1:${port}`
    const giveUpAt = performance.now() + START_MS
    while (!(await answers(origin))) {
      if (child.exitCode !== null) throw new Error(`ended at its start: ${printed}`)
      if (performance.now() > giveUpAt) {
        child.kill('SIGKILL')
        throw new Error(`does not listen after ${START_MS} ms: ${printed}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return { child, origin }
  }

  #pinTo(child: ChildProcess, cpus: string): void {
    if (!this.#pin) return
    try {
      execFileSync('taskset', ['-a', '-c', '-p', cpus, String(child.pid)], { stdio: 'ignore' })
    } catch {
      // No taskset here: then the kernel places them, which the interleaving is there for.
    }
  }
}

async function cpuOf(children: readonly ChildProcess[]): Promise<number> {
  const running = children.filter((child) => child.connected)
  const usages = await Promise.allSettled(running.map((child) => ask<Usage>(child, 'usage')))
  return usages.reduce((sum, usage) => sum + (usage.status === 'fulfilled' ? usage.value.cpuUs : 0), 0)
}

async function answers(origin: string): Promise<boolean> {
  return fetch(origin).then(
    async (response) => response.text().then(() => true),
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
