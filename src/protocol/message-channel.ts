import { HeldCall } from "./held-call.ts"
import type { Principal } from "./principal.ts"
import type { Sessions } from "./session/session.ts"
import type { Abortable, Channel, Connection, HeaderBag } from "./transport.ts"

/** The connection that a message came over. */
export interface Carrier extends Connection {
  readonly transport: string
  readonly sessions: Sessions
  /** Whether the client says no more, though it may still listen. */
  readonly isSilent: boolean
  drained(): Promise<void> | undefined
}

/** What is known of who sent a message, and of the request that brought it. */
export type Sender = Partial<Pick<Channel, "headers" | "principal">>

/** Carries one message of a connection. */
export class MessageChannel extends HeldCall implements Channel {
  readonly headers: HeaderBag | undefined
  readonly principal: Principal | undefined
  readonly connection: Carrier
  readonly sessions: Sessions
  committed: boolean
  /** Whether its client wants no answer any more. */
  isCancelled: boolean

  constructor(connection: Carrier, { headers, principal }: Sender) {
    super()
    this.headers = headers
    this.principal = principal
    this.connection = connection
    this.sessions = connection.sessions
    this.committed = false
    this.isCancelled = false
  }

  get transport(): string {
    return this.connection.transport
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

  override onDisconnect(call: Abortable): void {
    super.onDisconnect(call)
    if (this.connection.isSilent) call.giveUpAsking?.()
  }

  override abort(reason: "disconnect" | "cancel"): void {
    // What is said while it ends, such as that a question is not asked any more, still goes out.
    super.abort(reason)
    if (reason === "cancel") this.isCancelled = true
  }
}
