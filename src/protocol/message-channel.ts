import type { Principal } from "./principal.ts"
import type { Sessions } from "./session/session.ts"
import type { Abortable, Channel, Connection, HeaderBag } from "./transport.ts"

/** The connection that a message came over. */
export interface Carrier extends Connection {
  readonly sessions: Sessions
  drained(): Promise<void> | undefined
}

/** What is known of who sent a message, and of the request that brought it. */
export type Sender = Partial<Pick<Channel, "headers" | "principal">>

/** Carries one message of a connection. */
export class MessageChannel implements Channel {
  readonly headers: HeaderBag | undefined
  readonly principal: Principal | undefined
  readonly connection: Carrier
  readonly sessions: Sessions
  committed: boolean
  /** Whether its client wants no answer any more. */
  isCancelled: boolean
  #call: Abortable | undefined
  #left: "disconnect" | "cancel" | undefined

  constructor(connection: Carrier, { headers, principal }: Sender) {
    this.headers = headers
    this.principal = principal
    this.connection = connection
    this.sessions = connection.sessions
    this.committed = false
    this.isCancelled = false
    this.#call = undefined
    this.#left = undefined
  }

  get sessionId(): string | undefined {
    return this.connection.sessionId
  }

  send(json: string): void {
    if (!this.isCancelled) this.connection.send(json)
  }

  drained(): Promise<void> | undefined {
    return this.connection.drained()
  }

  onDisconnect(call: Abortable): void {
    this.#call = call
    if (this.#left !== undefined) call.abort(this.#left)
  }

  abort(reason: "disconnect" | "cancel"): void {
    // What is said while it ends, such as that a question is not asked any more, still goes out.
    this.#left = reason
    this.#call?.abort(reason)
    if (reason === "cancel") this.isCancelled = true
  }
}
