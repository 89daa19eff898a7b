import type { SourceState } from '../identity/source-states.ts'
import type { SyncState } from './sync/sync-report.ts'

/**
 * How each source stands, with what syncing knows beyond the last call: a list that lacks too many accounts at once did not
 * answer with what was asked for, though it answered; and where the last sweep or look failed, its code says why.
 */
export function syncedStates(states: readonly SourceState[], syncs: readonly SyncState[]): readonly SourceState[] {
  return states.map((state) => {
    const sync = syncs.find(({ source }) => source === state.source)
    if (!sync || state.state !== 'OK') return state
    if (sync.missingAlarm) return { ...state, state: 'UNAVAILABLE', code: 'UPSTREAM_INVALID_RESPONSE' }
    return { ...state, code: sync.code }
  })
}
