import { HeldCall } from "../protocol/held-call.ts"
import type { Principal } from "../protocol/principal.ts"
import type { Channel, HeaderBag } from "../protocol/transport.ts"
import type { Listeners, Notification } from "./options.ts"

/** What a channel needs to know of the request that it carries. */
export interface Carried {
  readonly headers: HeaderBag | undefined
  readonly principal: Principal | undefined
  readonly takesObjects: boolean
  readonly listeners: Listeners
}

/** Carries one request within the process: notifications are heard as they are sent. */
export class MemoryChannel extends HeldCall implements Channel {
  readonly headers: HeaderBag | undefined
  readonly principal: Principal | undefined
  readonly takesObjects: boolean
  readonly #listeners: Listeners
  committed: boolean
  /** What a listener threw, which is the test's failure and no business of the server. */
  failure: { readonly error: unknown } | undefined

  constructor({ headers, principal, takesObjects, listeners }: Carried) {
    super()
    this.headers = headers
    this.principal = principal
    this.takesObjects = takesObjects
    this.#listeners = listeners
    this.committed = false
    this.failure = undefined
  }

  get transport(): string {
    return "memory"
  }

  send(json: string): void {
    this.committed = true
    // The server wrote it, by this same program.
    const { method, params = {} } = JSON.parse(json) as Notification
    try {
      tell(this.#listeners, { method, params })
    } catch (error) {
      this.failure ??= { error }
    }
  }

  drained(): undefined {
    return undefined
  }
}

/** Passes a notification on to whoever wants to hear of it. */
export function tell(listeners: Listeners, notification: Notification): void {
  const { method, params } = notification
  // The server's own types say what the parameters of these two hold.
  if (method === "notifications/progress") listeners.onProgress?.(params as never)
  else if (method === "notifications/message") listeners.onLog?.(params as never)
  else listeners.onNotification?.(notification)
}
