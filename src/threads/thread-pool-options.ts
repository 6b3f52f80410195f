import type { KnownOptions } from "../components/options.ts"

/** How a pool of threads works. */
export interface ThreadPoolOptions {
  /** The most threads. Default: one less than there are cores, and one at least. */
  readonly threads?: number
  /** The most calls that wait for a thread; more are refused. Default 100. */
  readonly maxQueue?: number
  /** Milliseconds after which a thread without work ends; one stays. Default 30,000. */
  readonly idleMs?: number
  /** Milliseconds that a call may go on once it is not wanted any more, before its thread is ended. Default 1,000. */
  readonly graceMs?: number
  /** The most megabytes of the heap of one thread. Default: what Node gives. */
  readonly maxHeapMb?: number
  /** Flags of Node for the threads. Default: those of the process. */
  readonly execArgv?: readonly string[]
}

export const knownOptions: KnownOptions = {
  kinds: {
    threads: "count",
    maxQueue: "size",
    idleMs: "graceMs",
    graceMs: "graceMs",
    maxHeapMb: "count",
    execArgv: "strings",
  },
}
