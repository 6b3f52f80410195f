import { attempt } from "../../shared/maybe-promise.ts"
import type { Principal } from "../principal.ts"
import type { Change } from "./change.ts"
import type { SessionStore } from "./session.ts"

/** One that hears of changes. */
export interface Listener {
  readonly principal: Principal | undefined
  send(json: string): void
}

/** What an audience needs of where it is. */
export interface AudienceHost {
  /** Listens for changes until what it returns is called. */
  readonly onChange: (hear: (change: Change) => void) => () => void
  /** Hears of sessions that exist no more while they listen. */
  readonly onGone: (session: string) => void
  readonly onError: (error: unknown) => void
}

/** How often sessions that only listen are renewed, in milliseconds. */
const renewMs = 60_000

/** The sessions that hear of changes here: one subscription and one timer for all of them, none while there are none. */
export class Audience {
  readonly #store: SessionStore
  readonly #host: AudienceHost
  readonly #listeners: Map<string, Listener> = new Map()
  #stop: (() => void) | undefined

  constructor(store: SessionStore, host: AudienceHost) {
    this.#store = store
    this.#host = host
  }

  /** Adds the one listener of a session; what is returned removes it. */
  add(session: string, listener: Listener): () => void {
    this.#listeners.set(session, listener)
    this.#stop ??= this.#start()
    return () => {
      if (this.#listeners.get(session) !== listener) return
      this.#listeners.delete(session)
      if (this.#listeners.size > 0) return
      this.#stop?.()
      this.#stop = undefined
    }
  }

  #start(): () => void {
    const unsubscribe = this.#host.onChange((change) => this.#tell(change))
    const timer: { unref?: () => void } | number = setInterval(() => this.#renew(), renewMs)
    if (typeof timer === "object") timer.unref?.()
    return () => {
      clearInterval(timer as ReturnType<typeof setInterval>)
      unsubscribe()
    }
  }

  #tell(change: Change): void {
    const json = JSON.stringify({ jsonrpc: "2.0", method: change.method, params: change.params })
    for (const [session, listener] of this.#listeners) {
      attempt(async () => {
        const known = change.needsSubscription ? await this.#store.get(session) : undefined
        if (await change.isFor(known?.subscriptions ?? [], listener.principal)) listener.send(json)
      }, this.#host.onError)
    }
  }

  /** Who listens uses the session; one that is gone all the same was ended elsewhere. */
  #renew(): void {
    for (const session of this.#listeners.keys()) {
      attempt(async () => {
        if ((await this.#store.get(session)) === undefined) this.#host.onGone(session)
      }, this.#host.onError)
    }
  }
}
