import { clip } from "../shared/clip.ts"
import { FleetError, type HttpAnswer } from "./fleet-error.ts"

/** What was sent is no message that can be answered here. */
export class InvalidRequest extends FleetError {
  readonly code = "INVALID_REQUEST"
  override readonly rpc = -32600
}

/** What was sent is not JSON. */
export class ParseError extends FleetError {
  readonly code = "PARSE_ERROR"
  override readonly rpc = -32700
  override readonly http: HttpAnswer = { status: 400 }
}

/**
 * What the peer sent as parameters cannot be used. Thrown by a plugin's method or middleware, it is answered as it is.
 *
 * @see S28/schema InvalidParamsError
 * @example
 * throw new InvalidParams("`since` is not a date.", { fix: "Write it as `2026-07-28`." })
 */
export class InvalidParams extends FleetError {
  readonly code = "INVALID_PARAMS"
  override readonly rpc = -32602
}

/**
 * The `_meta` of a request lacks what every request without sessions must carry.
 *
 * @see S28/basic/index#meta
 */
export class InvalidEnvelope extends FleetError {
  readonly code = "INVALID_ENVELOPE"
  override readonly rpc = -32602
  override readonly http: HttpAnswer = { status: 400 }
}

/** The server has no such method, or not for this peer. */
export class MethodNotFound extends FleetError {
  readonly code = "METHOD_NOT_FOUND"
  override readonly rpc = -32601
  constructor(method: string) {
    super(`The method \`${clip(method)}\` is not offered by this server.`)
  }
}

/**
 * A required header is missing, malformed, or says something else than the body.
 *
 * @see S28/basic/transports/streamable-http#server-validation
 */
export class HeaderMismatch extends FleetError {
  readonly code = "HEADER_MISMATCH"
  override readonly rpc = -32020
}

/** The peer speaks a protocol revision that is not served here. */
export class UnsupportedVersion extends FleetError {
  readonly code = "UNSUPPORTED_VERSION"
  override readonly rpc = -32022
  override readonly data: { readonly supported: readonly string[]; readonly requested: string }
  constructor(requested: string, supported: readonly string[]) {
    const isMissing = requested === "none"
    const what = isMissing
      ? "The request names no protocol version"
      : `The protocol version \`${clip(requested)}\` is not supported`
    const place = isMissing ? ' as `_meta["io.modelcontextprotocol/protocolVersion"]` of its `params`' : ""
    super(`${what}.`, { fix: `Use ${supported.map((version) => `\`${version}\``).join(" or ")}${place}.` })
    this.data = { supported, requested: clip(requested) }
  }
}

/** The call was ended before it was done. */
export class CallAborted extends FleetError {
  readonly code = "CALL_ABORTED"
  readonly reason: "cancel" | "disconnect" | "timeout" | "shutdown" | "suspended"
  constructor(reason: CallAborted["reason"]) {
    super(abortTexts[reason])
    this.reason = reason
  }
}

const abortTexts = {
  cancel: "The client cancelled the call.",
  disconnect: "The client went away before the call was done.",
  timeout: "The call took longer than its time-out.",
  shutdown: "The server is shutting down.",
  suspended: "The call waits for input from the client and will run again with it.",
} as const

/** Names what a peer sent in a message. Never converts an object: `{"toString":1}` would throw. */
export function show(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object"
  return clip(String(value))
}

// Under Symbol.for, so that two copies of the package know each other's suspensions.
const kSuspended: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.suspended")

/**
 * Is thrown into a handler that waits for input from a client without sessions, so that `finally` runs. The call
 * runs again, from its beginning, when the answer is there.
 */
export class Suspended extends FleetError {
  static {
    // Here, since declarations cannot say a member whose name is a symbol of this module.
    Object.defineProperty(Suspended.prototype, kSuspended, { value: true })
  }

  readonly code = "SUSPENDED"
  constructor() {
    super("The call is suspended until the client answers.", {
      fix: "Let this error pass: rethrow it where `isSuspended(error)` is true.",
    })
  }
}

/**
 * Tells a suspension from a failure in a `catch` around `ctx.elicit()`, `ctx.sample()` or `ctx.roots()`.
 *
 * @see S28/basic/patterns/mrtr
 * @example
 * try {
 *   await ctx.elicit("Sure?", z.object({}))
 * } catch (error) {
 *   if (isSuspended(error)) throw error
 * }
 */
export function isSuspended(error: unknown): boolean {
  return typeof error === "object" && error !== null && kSuspended in error
}

/** A handler asked the client where the protocol has no room for questions, such as in a completer. */
export class CannotAsk extends FleetError {
  readonly code = "CANNOT_ASK"
  constructor(method: string) {
    super(`A client cannot be asked for input by \`${method}\`.`, {
      fix: "Ask in a tool, a resource or a prompt.",
    })
  }
}

/** A secret is missing or so short that it can be guessed. */
export class WeakSecret extends FleetError {
  readonly code = "WEAK_SECRET"
  constructor(what: string) {
    super(`${what}.`, {
      fix: "Give 32 random characters or bytes at least, such as `openssl rand -hex 32` prints; check that the variable is set.",
    })
  }
}
