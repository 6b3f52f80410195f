import { clip } from "../shared/clip.ts"
import { FleetError, type HttpAnswer } from "./fleet-error.ts"
import { show } from "./protocol.ts"

/**
 * A request of an older revision names no session, and did not open one.
 *
 * @see S11/basic/transports#session-management
 */
export class SessionRequired extends FleetError {
  readonly code = "SESSION_REQUIRED"
  override readonly rpc = -32600
  override readonly http: HttpAnswer = { status: 400 }
  constructor(method: string, how: "header" | "connection") {
    super(`\`${clip(method)}\` was sent without a session.`, {
      fix:
        how === "header"
          ? "Send `initialize` first, then its `Mcp-Session-Id` with every request; or speak 2026-07-28, which has no sessions."
          : "Send `initialize` first.",
    })
  }
}

/**
 * The session that a request names does not exist: it was never made, has ended, was idle for too long, or belongs to
 * somebody else.
 *
 * @see S11/basic/transports#session-management
 */
export class UnknownSession extends FleetError {
  readonly code = "UNKNOWN_SESSION"
  override readonly rpc = -32600
  override readonly http: HttpAnswer = { status: 404 }
  constructor() {
    super("The session does not exist, or not any more.", { fix: "Send `initialize` to open another." })
  }
}

/** A handler asked a client of an older revision that has no session, so that no answer could find its way back. */
export class NeedsSession extends FleetError {
  readonly code = "NEEDS_SESSION"
  constructor(method: string) {
    super(`\`${method}\` needs a session: without one the client's answer could not be brought back.`, {
      fix: 'Serve with `http: { sessions: "memory" }`, or let the client speak 2026-07-28, which needs none.',
    })
  }
}

/** The client did not answer what it was asked in time. */
export class AskTimedOut extends FleetError {
  readonly code = "ASK_TIMED_OUT"
  constructor(method: string, ms: number) {
    super(`The client did not answer \`${method}\` within ${ms} ms.`, {
      fix: "Ask again, or go on without the answer; `askTimeout` sets how long is waited.",
    })
  }
}

/** The client answered a question with an error. */
export class AskRefused extends FleetError {
  readonly code = "ASK_REFUSED"
  constructor(method: string, error: { readonly code?: unknown; readonly message?: unknown }) {
    super(`The client answered \`${method}\` with error ${show(error.code)}: ${show(error.message)}`)
  }
}

/** A question has a part that the client's revision of the protocol does not know. */
export class NotInRevision extends FleetError {
  readonly code = "NOT_IN_REVISION"
  constructor(what: string, revision: string, fix: string) {
    super(`${what} cannot be asked of a client that speaks ${revision}.`, { fix })
  }
}
