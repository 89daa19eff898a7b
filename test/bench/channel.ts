import type { ChildProcess } from 'node:child_process'
import { isMainThread } from 'node:worker_threads'

interface Question {
  readonly id: number
  readonly name: string
  readonly value: unknown
}

interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** What a process has used since it started. */
export interface Usage {
  /** User and system time of all its threads, in microseconds, from the operating system. */
  readonly cpuUs: number
  readonly rssBytes: number
}

/** In a child: answers what the parent asks, and ends with the parent. Every child tells its usage. */
export function answerParent(handlers: Readonly<Record<string, (value: any) => unknown>>): void {
  if (!isMainThread) return
  const known: typeof handlers = { usage, ...handlers }
  process.on('message', (question: Question) => {
    void Promise.resolve()
      .then(() => known[question.name]?.(question.value))
      .then(
        (value) => process.send?.({ id: question.id, value }),
        (error: unknown) => process.send?.({ id: question.id, error: String(error) }),
      )
  })
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system, rssBytes: process.memoryUsage.rss() }
}

let questions = 0
const waiting = new WeakMap<ChildProcess, Map<number, PromiseWithResolvers<unknown>>>()

/** In the parent: rejects when the child fails to answer or ends. */
export async function ask<Value>(child: ChildProcess, name: string, value?: unknown): Promise<Value> {
  if (!child.connected) throw new Error(`the process had ended before it was asked for "${name}"`)
  const answer = Promise.withResolvers<unknown>()
  const id = ++questions
  waitingFor(child).set(id, answer)
  child.send({ id, name, value } satisfies Question)
  return (await answer.promise) as Value
}

function waitingFor(child: ChildProcess): Map<number, PromiseWithResolvers<unknown>> {
  const known = waiting.get(child)
  if (known) return known
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  child.on('message', ({ id, value, error }: Reply) => {
    if (error === undefined) pending.get(id)?.resolve(value)
    else pending.get(id)?.reject(new Error(error))
    pending.delete(id)
  })
  child.once('exit', () => {
    for (const { reject } of pending.values()) reject(new Error('the process ended before it answered'))
  })
  waiting.set(child, pending)
  return pending
}
