import { attempt } from "../../shared/maybe-promise.ts"
import { notificationToJson } from "../codec.ts"
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
  readonly onError: (error: unknown) => void
}

/** The sessions that hear of changes here: one subscription for all of them, none while there are none. */
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
    this.#stop ??= this.#host.onChange((change) => this.#tell(change))
    return () => {
      if (this.#listeners.get(session) !== listener) return
      this.#listeners.delete(session)
      if (this.#listeners.size > 0) return
      this.#stop?.()
      this.#stop = undefined
    }
  }

  /** Whether a session has a listener here. */
  has(session: string): boolean {
    return this.#listeners.has(session)
  }

  /** Sends to the listener of a session. */
  send(session: string, json: string): void {
    this.#listeners.get(session)?.send(json)
  }

  #tell(change: Change): void {
    const json = notificationToJson(change.method, change.params)
    for (const [session, listener] of this.#listeners) {
      attempt(async () => {
        const data = change.needsData ? await this.#store.get(session) : undefined
        const { principal } = listener
        const isTold = await change.isFor(data, { principal, session })
        if (isTold) listener.send(json)
      }, this.#host.onError)
    }
  }
}
