/** The signals that end a command, and the code that shells know them by: 128 and the signal's number. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

const closers: Set<() => Promise<unknown>> = /* @__PURE__ */ new Set()

/** Has something closed before the process ends by a signal. What is returned forgets it. */
export function closeOnSignal(close: () => Promise<unknown>): () => void {
  closers.add(close)
  return () => void closers.delete(close)
}

/** Ends the process by SIGINT, SIGTERM and SIGHUP, when all is closed that is to be; by the second one at once. */
export function exitOnSignals(): void {
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      if (process.exitCode !== undefined) process.exit(code)
      process.exitCode = code
      void Promise.allSettled([...closers].map((close) => close())).then(() => process.exit(code))
    })
  }
}
