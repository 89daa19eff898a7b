import { monitorEventLoopDelay } from 'node:perf_hooks'
import { answerParent } from './channel.ts'

/**
 * Loaded in front of every measured server (`node --import`), so that all are measured by one means and none has to know of
 * it. It does nothing until it is asked.
 */
let pauses: ReturnType<typeof monitorEventLoopDelay> | undefined

answerParent({
  /** The longest pause of the event loop since the last time this was asked, in milliseconds; 0 the first time. */
  longestPause() {
    const longest = pauses ? pauses.max / 1e6 : 0
    pauses ??= monitorEventLoopDelay({ resolution: 5 })
    pauses.reset()
    pauses.enable()
    return longest
  },
})

// A server lives as long as it listens, and not for the sake of being asked.
process.channel?.unref()
