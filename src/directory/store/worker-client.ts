import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { DirectoryFault } from './fault.ts'
import type { WorkerAnswer, WorkerCall, WorkerOptions } from './worker-call.ts'

/**
 * What a worker allocates is mostly garbage when a page is saved or read. Left alone, its heap would take 100 MB before it
 * looked for any.
 */
const YOUNG_MB = 16

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (fault: DirectoryFault) => void
}

/**
 * A worker that is asked by messages. If it dies, whoever waits for it is told so, and the next call starts another: what
 * was committed is in the file, and what was not had not been answered.
 */
export class WorkerClient {
  readonly #options: WorkerOptions
  /** Up to which call nobody waits for the answers any more, shared with the worker. */
  readonly #givenUp = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #ended: Promise<void> | undefined
  #calls = 0
  #closed = false

  constructor(options: Omit<WorkerOptions, 'givenUp'>) {
    this.#options = { ...options, givenUp: this.#givenUp }
  }

  /** How many calls it has had; undefined: one of them is not answered, and may have done what it is to do or not. */
  get answeredCalls(): number | undefined {
    return this.#waiting.size === 0 ? this.#calls : undefined
  }

  /** Rejects with a DirectoryFault. */
  async call<Result>(method: string, ...parameters: readonly unknown[]): Promise<Result> {
    if (this.#closed) throw new DirectoryFault('closed')
    return this.#send<Result>(this.#running(), method, parameters)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const worker = this.#worker
    if (!worker) return
    // It works off what it was asked before; nobody waits for one that cannot. Then its thread ends by itself: SQLite is not
    // to be torn out of a thread that may be in it.
    await this.#send(worker, 'close', []).catch(() => undefined)
    await this.#ended
  }

  /** Nobody waits for what it was asked so far: a reader begins no further statement for it, and answers that at once. */
  giveUp(): void {
    Atomics.store(this.#givenUp, 0, this.#calls)
  }

  /** Ends it without waiting: its thread is over when the statement is that it may be at. Whoever waits is told `closed`. */
  abandon(): void {
    this.giveUp()
    for (const { reject } of this.#waiting.values()) reject(new DirectoryFault('closed'))
    this.#worker?.unref()
    void this.close()
  }

  async #send<Result>(worker: Worker, method: string, parameters: readonly unknown[]): Promise<Result> {
    const call = ++this.#calls
    return new Promise<unknown>((resolve, reject) => {
      // First, since nobody would ever answer what cannot be sent.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage({ call, method, parameters } satisfies WorkerCall)
      this.#waiting.set(call, { resolve, reject })
    }) as Promise<Result>
  }

  #running(): Worker {
    if (this.#worker) return this.#worker
    // Where the process was given a size, as `npm start` does, it would count for threads as well, whatever their limit. The
    // main thread has taken it by now.
    setFlagsFromString('--max-semi-space-size=0')
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: this.#options,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    worker.on('message', (answer: WorkerAnswer) => this.#settle(answer))
    // Without a listener, a worker's error would be the end of the process. `exit` follows.
    worker.on('error', () => undefined)
    const { promise, resolve } = Promise.withResolvers<void>()
    worker.on('exit', () => {
      this.#onExit(worker)
      resolve()
    })
    this.#ended = promise
    this.#worker = worker
    return worker
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.call)
    this.#waiting.delete(answer.call)
    if ('result' in answer) return waiting?.resolve(answer.result)
    const cause =
      answer.errorCode === undefined ? undefined : Object.assign(new Error(), { code: String(answer.errorCode) })
    waiting?.reject(new DirectoryFault(answer.fault, { cause }))
  }

  #onExit(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(new DirectoryFault('died'))
  }
}
