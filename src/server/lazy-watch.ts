import type { Watch, WatchOptions } from "./watch.ts"

/** The watch over the handlers of a server, which the first of them loads. */
export class LazyWatch {
  readonly #options: WatchOptions
  #watch: Watch | undefined

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** The watch, once it is loaded. */
  get current(): Watch | undefined {
    this.#watch ??= loaded?.createWatch(this.#options)
    return this.#watch
  }
}

let loaded: typeof import("./handler-watch.ts") | undefined

export async function loadWatch(): Promise<void> {
  loaded = await import("./handler-watch.ts")
}
