import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { openConnection } from './connection.ts'
import { toFault } from './fault.ts'
import { forgetFuture } from './future.ts'
import { unpacked } from './packed-reading.ts'
import { prepareFile } from './schema.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type { WorkerAnswer, WorkerCall, WorkerOptions } from './worker-call.ts'
import { SqliteWriter } from './writer.ts'

type Methods = Record<string, (...parameters: readonly unknown[]) => unknown>

const port = parentPort as MessagePort
const options = workerData as WorkerOptions
let held: SqliteWriter | SqliteReader | undefined
let current = 0

port.on('message', (call: WorkerCall) => void answer(call))

/** The file is opened for the first call, which then tells what is wrong with it. */
async function answer({ call, method, parameters }: WorkerCall): Promise<void> {
  current = call
  try {
    held ??= open()
    const result =
      method === 'open' ? undefined : await (held as unknown as Methods)[method]?.(...parameters.map(unpacked))
    port.postMessage({ call, result } satisfies WorkerAnswer)
  } catch (error) {
    const fault = toFault(error)
    const errorCode = fault.cause instanceof Error && 'errcode' in fault.cause ? Number(fault.cause.errcode) : undefined
    port.postMessage({ call, fault: fault.reason, errorCode } satisfies WorkerAnswer)
  }
  if (method === 'close') port.close()
}

function isGivenUp(): boolean {
  return Atomics.load(options.givenUp, 0) >= current
}

function open(): SqliteWriter | SqliteReader {
  const database = openConnection(options.path, options.role, options.durable)
  try {
    if (options.role === 'slowReader') return new SqliteReader(database, { isGivenUp })
    prepareFile(database)
    forgetFuture(database, Date.now())
    return new SqliteWriter(database, options.retention)
  } catch (error) {
    database.close()
    throw error
  }
}
