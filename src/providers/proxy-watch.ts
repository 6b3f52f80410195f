import type { PeerNotification } from "../client/rpc.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import type { Caller, Pool } from "./proxy-pool.ts"

/** What is watched at an upstream, and for whom. */
interface Watched {
  count: number
  readonly controller: AbortController
}

/** The most resources that are watched at one upstream. */
const mostWatched = 10_000
/** How long is waited before a watch that ended begins again, in milliseconds. */
const againMs = 2_000

/** Watches resources of an upstream while somebody here wants to hear of them, once for each caller. */
export class UpstreamWatches {
  readonly #pool: Pool
  readonly #hear: (notification: PeerNotification, caller: Caller) => void
  readonly #watched: Map<string, Watched> = new Map()

  constructor(pool: Pool, hear: (notification: PeerNotification, caller: Caller) => void) {
    this.#pool = pool
    this.#hear = hear
  }

  /** How many are watched. */
  get size(): number {
    return this.#watched.size
  }

  /** Watches one, until what is returned is called. */
  begin(uri: string, caller: Caller): () => void {
    const key = JSON.stringify([caller.identity, caller.headersKey, uri])
    let watched = this.#watched.get(key)
    if (watched === undefined) {
      if (this.#watched.size >= mostWatched) return () => undefined
      watched = { count: 0, controller: new AbortController() }
      this.#watched.set(key, watched)
      void this.#run(uri, caller, watched.controller.signal)
    }
    const own = watched
    own.count++
    let isDone = false
    return () => {
      if (isDone) return
      isDone = true
      own.count--
      if (own.count > 0) return
      this.#watched.delete(key)
      own.controller.abort()
    }
  }

  /** Ends all. */
  close(): void {
    for (const { controller } of this.#watched.values()) controller.abort()
    this.#watched.clear()
  }

  async #run(uri: string, caller: Caller, signal: AbortSignal): Promise<void> {
    try {
      await this.#once(uri, caller, signal)
    } catch {
      // Away, or it knows no subscriptions: lists and calls say what is wrong.
    }
    if (!signal.aborted) quietTimeout(() => void this.#run(uri, caller, signal), againMs)
  }

  /** Watches until the connection ends, or nobody wants to hear any more. */
  async #once(uri: string, caller: Caller, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { connection, release } = await this.#pool.leaseAny(caller)
    try {
      if (connection.era === "stateless") {
        await connection.request(
          "subscriptions/listen",
          { notifications: { resourceSubscriptions: [uri] } },
          {
            signal,
            timeoutMs: longestTimer,
            maxTimeoutMs: longestTimer,
            onNotification: (notification) => this.#hear(notification, caller),
          },
        )
        return
      }
      await connection.request("resources/subscribe", { uri }, { signal })
      await new Promise<void>((resolve) => {
        connection.onClose(() => resolve())
        if (signal.aborted) resolve()
        else signal.addEventListener("abort", () => resolve(), { once: true })
      })
      if (connection.ended === undefined) await connection.request("resources/unsubscribe", { uri })
    } finally {
      release()
    }
  }
}
