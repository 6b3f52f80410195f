import type { Principal } from "../protocol/principal.ts"
import type { Sessions } from "../protocol/session/session.ts"
import type { Abortable, Channel, Connection } from "../protocol/transport.ts"

/** A client over a connection of its own, which is its session. */
export interface SessionPeer {
  readonly sessions: Sessions
  readonly connection: Connection
}

/** Carries one message of a session within this process. */
export class SessionChannel implements Channel {
  readonly headers: undefined
  readonly sessions: Sessions
  readonly connection: Connection
  readonly principal: Principal | undefined
  readonly #hear: (json: string, channel: SessionChannel) => void
  committed: boolean
  /** What a listener threw, which is the test's failure and no business of the server. */
  failure: { readonly error: unknown } | undefined
  #call: Abortable | undefined

  constructor(
    { sessions, connection }: SessionPeer,
    principal: Principal | undefined,
    hear: (json: string, channel: SessionChannel) => void,
  ) {
    this.sessions = sessions
    this.connection = connection
    this.principal = principal
    this.#hear = hear
    this.committed = false
    this.failure = undefined
    this.#call = undefined
  }

  get transport(): string {
    return "memory"
  }

  get sessionId(): string | undefined {
    return this.connection.sessionId
  }

  send(json: string): void {
    this.#hear(json, this)
  }

  drained(): undefined {
    return undefined
  }

  onDisconnect(call: Abortable): void {
    this.#call = call
  }

  /** Ends the call that is being carried, if it still runs. */
  leave(): void {
    this.#call?.abort("disconnect")
  }
}
