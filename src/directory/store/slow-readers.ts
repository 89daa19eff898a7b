import { DirectoryFault } from './fault.ts'
import type { WorkerClient } from './worker-client.ts'

export interface SlowReadersOptions {
  /** How many questions may be worked on at the same time: two at least, or nothing long would ever begin. */
  readonly workers: number
  readonly startWorker: () => WorkerClient
  /** How many may wait; whoever comes then is refused. */
  readonly maxWaiting?: number
  /** How many long ones may be among them. */
  readonly maxLongWaiting?: number
}

/** Nobody is served in time behind more than this, so that refusing is the kinder answer. */
const MAX_WAITING = 200
/** An audit takes a good part of a second, a request has four seconds, and each brings up to 20,000 addresses. */
const MAX_LONG_WAITING = 8

export interface SlowQuestion {
  readonly method: string
  readonly parameters: readonly unknown[]
  readonly signal: AbortSignal
  /** Long ones never take the last worker. */
  readonly isLong: boolean
}

interface Asked extends SlowQuestion {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * A few workers for questions that may take long, each with one at a time; the others wait here, where whoever leaves can be
 * taken out. A worker is started when there is a question and no other is free.
 *
 * Nothing breaks off a statement that runs (`node:sqlite` has no interrupt): whose asker has left, it runs to its end, no
 * further one is begun, and the worker is taken for busy until then.
 */
export class SlowReaders {
  readonly #options: SlowReadersOptions
  readonly #workers: WorkerClient[] = []
  readonly #free: WorkerClient[] = []
  readonly #busy = new Map<WorkerClient, Asked>()
  #waiting: Asked[] = []
  #closed = false

  constructor(options: SlowReadersOptions) {
    this.#options = options
  }

  /** Rejects with a DirectoryFault, `busy` where too many wait, or with the signal's reason as soon as it fires. */
  async ask<Result>(question: SlowQuestion): Promise<Result> {
    const { signal } = question
    signal.throwIfAborted()
    if (this.#closed) throw new DirectoryFault('closed')
    if (!this.#hasRoomFor(question)) throw new DirectoryFault('busy')
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const asked: Asked = { ...question, resolve, reject }
    const leave = (): void => this.#leave(asked)
    signal.addEventListener('abort', leave, { once: true })
    this.#waiting.push(asked)
    this.#distribute()
    try {
      return (await promise) as Result
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** Does not wait for questions under way: they only read. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { reject } of [...this.#waiting, ...this.#busy.values()]) reject(new DirectoryFault('closed'))
    this.#waiting = []
    for (const worker of this.#busy.keys()) worker.abandon()
    await Promise.all(this.#free.map(async (worker) => worker.close()))
  }

  #hasRoomFor({ isLong }: SlowQuestion): boolean {
    const { maxWaiting = MAX_WAITING, maxLongWaiting = MAX_LONG_WAITING } = this.#options
    if (this.#waiting.length >= maxWaiting) return false
    return !isLong || this.#waiting.filter((each) => each.isLong).length < maxLongWaiting
  }

  #distribute(): void {
    for (;;) {
      const next = this.#waiting.find((each) => this.#mayBegin(each))
      const worker = next && (this.#free.pop() ?? this.#another())
      if (!next || !worker) return
      this.#waiting = this.#waiting.filter((each) => each !== next)
      this.#busy.set(worker, next)
      void this.#work(worker, next)
    }
  }

  #mayBegin({ isLong }: Asked): boolean {
    return !isLong || [...this.#busy.values()].filter((each) => each.isLong).length < this.#options.workers - 1
  }

  #another(): WorkerClient | undefined {
    if (this.#workers.length >= this.#options.workers) return undefined
    const worker = this.#options.startWorker()
    this.#workers.push(worker)
    return worker
  }

  async #work(worker: WorkerClient, { method, parameters, resolve, reject }: Asked): Promise<void> {
    try {
      resolve(await worker.call(method, ...parameters))
    } catch (error) {
      reject(error)
    }
    this.#busy.delete(worker)
    if (this.#closed) return
    this.#free.push(worker)
    this.#distribute()
  }

  #leave(asked: Asked): void {
    asked.reject(asked.signal.reason)
    this.#waiting = this.#waiting.filter((each) => each !== asked)
    for (const [worker, answering] of this.#busy) if (answering === asked) worker.giveUp()
  }
}
