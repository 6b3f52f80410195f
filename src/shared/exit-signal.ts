/** What is used of `process`, where there is one. */
interface Signals {
  readonly pid: number
  exitCode?: number | string | null | undefined
  prependOnceListener(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
  listenerCount(signal: string): number
  kill(pid: number, signal: string): unknown
}

/** The signals that end a process, and their numbers. */
const signals = { SIGTERM: 15, SIGINT: 2 } as const

/** What is to be closed before the process ends. */
const closers: Set<() => Promise<unknown>> = /* @__PURE__ */ new Set()

let stop: (() => void) | undefined

/**
 * Calls `close` when the process is told to end, and ends it as it would have ended without: by the signal, when all that
 * is to be closed is. Where the program listens for it too, ending is left to the program. What is returned stops
 * listening.
 */
export function onExitSignal(close: () => Promise<unknown>): () => void {
  closers.add(close)
  stop ??= listen()
  return () => {
    closers.delete(close)
    if (closers.size > 0) return
    stop?.()
    stop = undefined
  }
}

function listen(): () => void {
  // Not imported: the runtimes that have no `node:process` are told to end in other ways.
  const { process } = globalThis as { readonly process?: Signals }
  if (typeof process?.prependOnceListener !== "function") return () => undefined
  const stops = Object.entries(signals).map(([signal, number]) => {
    // Before all others, while those that listen once are still counted.
    const listener = () => {
      const isOurs = process.listenerCount(signal) === 0
      // What has nothing left to do may end by itself before the signal reaches it, as on Deno.
      if (isOurs) process.exitCode = 128 + number
      void Promise.allSettled([...closers].map((close) => close())).then(() => {
        if (isOurs) process.kill(process.pid, signal)
      })
    }
    process.prependOnceListener(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const each of stops) each()
  }
}
