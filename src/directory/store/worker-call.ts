import type { ChangeRetention } from './change-retention.ts'
import type { ConnectionRole } from './connection.ts'
import type { FaultReason } from './fault.ts'

/** What a worker is started with. */
export interface WorkerOptions {
  readonly path: string
  readonly role: Exclude<ConnectionRole, 'reader'>
  readonly durable: boolean
  readonly retention: ChangeRetention
  /** Holds the number of the last call for which nobody waits any more. */
  readonly givenUp: Int32Array
}

/** One method of the object that the worker holds. */
export interface WorkerCall {
  readonly call: number
  readonly method: string
  readonly parameters: readonly unknown[]
}

/** Errors do not travel as they are: of theirs, the code is what logs want. */
export type WorkerAnswer =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly fault: FaultReason; readonly errorCode: number | undefined }
