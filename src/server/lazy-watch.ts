import type { RealTime, Watch, WatchOptions } from "./watch.ts"

/** The watch over the handlers of a server, which the first of them loads. */
export class LazyWatch {
  readonly #options: WatchOptions
  #watch: Watch | undefined

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** The watch, once it is loaded. */
  get current(): Watch | undefined {
    this.#watch ??= createWatch?.(this.#options)
    return this.#watch
  }
}

/** As it was when the program started: a test may stop time later, for everybody who asks then. */
const realTime: RealTime = { now: steadyClock(), setTimeout }

/** Where there is `hrtime`, it costs nothing: to have `performance`, Node loads all that measures, at every start. */
function steadyClock(): () => number {
  const { hrtime } = globalThis.process ?? {}
  if (typeof hrtime !== "function") {
    const { performance } = globalThis
    return () => performance.now()
  }
  return () => {
    const [seconds, nanoseconds] = hrtime()
    return seconds * 1e3 + nanoseconds / 1e6
  }
}

/** Makes watches over handlers, which share one heart. */
let createWatch: ((options: WatchOptions) => Watch) | undefined

export async function loadWatch(): Promise<void> {
  createWatch = (await import("./handler-watch.ts")).watchBy(realTime)
}
