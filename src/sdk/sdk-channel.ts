import { HeldCall } from "../protocol/held-call.ts"
import type { Principal } from "../protocol/principal.ts"
import type { Sessions } from "../protocol/session/session.ts"
import type { Channel, Connection, HeaderBag } from "../protocol/transport.ts"

/** What one message came with. */
export interface SdkOrigin {
  readonly principal: Principal | undefined
  readonly headers: HeaderBag | undefined
  readonly sessions: Sessions | undefined
  /** The session; none for a message that belongs to none. */
  readonly connection: Connection | undefined
}

/** Carries one message that came through the SDK. */
export class SdkChannel extends HeldCall implements Channel {
  readonly headers: HeaderBag | undefined
  readonly principal: Principal | undefined
  readonly sessions: Sessions | undefined
  readonly connection: Connection | undefined
  /** The SDK has its own way to answer, which what is sent before does not change. */
  readonly committed: false
  readonly #hear: (json: string) => void

  /** @param hear Takes what is sent ahead of the answer. */
  constructor({ principal, headers, sessions, connection }: SdkOrigin, hear: (json: string) => void) {
    super()
    this.headers = headers
    this.principal = principal
    this.sessions = sessions
    this.connection = connection
    this.committed = false
    this.#hear = hear
  }

  get transport(): string {
    return "sdk"
  }

  get sessionId(): string | undefined {
    return this.connection?.sessionId
  }

  send(json: string): void {
    this.#hear(json)
  }

  drained(): undefined {
    // The SDK tells of nothing that waits.
    return undefined
  }
}
