import { directoryNotReady, type PublicError } from '../errors.ts'
import { DirectoryFault } from './store/fault.ts'

export function listsNotRead(): PublicError {
  return directoryNotReady('The lists have not been read to their end yet. Try again shortly.')
}

export function tooOld(): PublicError {
  return directoryNotReady('A field that this goes by was read longer ago than the request accepts, and lists lack it.')
}

export function storeNotReadable(cause?: unknown): PublicError {
  const isBusy = cause instanceof DirectoryFault && cause.reason === 'busy'
  const reason = isBusy ? 'Too many questions wait for the directory' : 'The directory cannot be read'
  return directoryNotReady(`${reason} at the moment.`, undefined, { cause })
}
