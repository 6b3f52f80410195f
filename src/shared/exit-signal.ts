/** What is used of `process`, where there is one. */
interface Signals {
  readonly pid: number
  once(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
  listenerCount(signal: string): number
  kill(pid: number, signal: string): unknown
}

const signals = ["SIGTERM", "SIGINT"] as const

/**
 * Calls `close` when the process is told to end, and ends it as it would have ended without: by the signal. Where the
 * program listens for it too, ending is left to the program. What is returned stops listening.
 */
export function onExitSignal(close: () => Promise<void>): () => void {
  // Not imported: the runtimes that have no `node:process` are told to end in other ways.
  const { process } = globalThis as { readonly process?: Signals }
  if (typeof process?.once !== "function") return () => undefined
  const listeners = signals.map((signal) => {
    const listener = () => {
      const isOurs = process.listenerCount(signal) === 0
      void close().finally(() => {
        if (isOurs) process.kill(process.pid, signal)
      })
    }
    process.once(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const stop of listeners) stop()
  }
}
