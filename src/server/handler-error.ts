import { MissingClientCapability } from "../errors/capabilities.ts"
import { FleetError } from "../errors/fleet-error.ts"
import { HandlerFailed } from "../errors/handler-failed.ts"
import { CallAborted, isSuspended } from "../errors/protocol.ts"
import { InvalidAnswer } from "../errors/rounds.ts"
import { InsufficientScope } from "../errors/server.ts"
import { HandlerTimeout, ModelError } from "../errors/tool.ts"
import { type Call, complete, type Outcome } from "../protocol/call.ts"
import { clip } from "../shared/clip.ts"
import type { Core } from "./core.ts"
import { handlerFailure } from "./handler-failure.ts"
import { isOfNestedCall } from "./nested-errors.ts"
import { newErrorId } from "./server-log.ts"

/** What a peer may know of an error in a handler. */
interface ErrorReport {
  readonly text: string
  /** Under which the whole error stands in the log; `undefined` where the text says all. */
  readonly errorId: string | undefined
}

/** Writes what the peer is told of an error that a handler threw, and logs the whole of it here. */
function reportHandlerError(core: Core, error: unknown, { call, doing }: Doing): ErrorReport {
  call.set(handlerFailure, { error, doing })
  if (error instanceof ModelError) return { text: error.message, errorId: undefined }
  const errorId = newErrorId()
  core.log({ level: "error", message: `Error ${doing}`, errorId, error })
  const readable = readableText(error)
  if (readable !== undefined) return { text: readable, errorId }
  if (core.maskErrors) return { text: `Error ${doing}`, errorId }
  return { text: `Error ${doing}: ${messageOf(error)}`, errorId }
}

/**
 * Throws what answers a call whose handler failed, for methods whose results cannot say so themselves.
 */
export function throwReported(core: Core, error: unknown, { call, doing }: Doing): never {
  const isItsOwn = error instanceof FleetError && error.rpc !== undefined && !isOfNestedCall(error, call)
  if (isProtocolError(error, call) || isItsOwn) throw error
  const { text, errorId } = reportHandlerError(core, error, { call, doing })
  throw new HandlerFailed(text, errorId, error)
}

/** A handler's error is a result that the model can read; what the protocol must say goes on as it is. */
export function failedTool(core: Core, call: Call, error: unknown): Outcome {
  if (isProtocolError(error, call)) throw error
  const doing = `calling tool '${clip(call.target)}'`
  const { text, errorId } = reportHandlerError(core, error, { call, doing })
  return complete({
    content: [{ type: "text", text }],
    isError: true,
    ...(errorId === undefined ? undefined : { _meta: { "fleetmcp/errorId": errorId } }),
  })
}

/** What a call does, such as "reading resource `x`". */
interface Doing {
  readonly call: Call
  readonly doing: string
}

/** Errors that the protocol itself must answer, not the result of a tool. */
export function isProtocolError(error: unknown, call: Call): boolean {
  return (
    error instanceof MissingClientCapability ||
    error instanceof InvalidAnswer ||
    // The client can step up and try again, whichever of the calls it was that needs more.
    error instanceof InsufficientScope ||
    // Of this call: one that it made in turn may have been aborted for itself.
    (error instanceof CallAborted && call.exchange.inert) ||
    isSuspended(error)
  )
}

/** Fixed sentences for what a model can act on, even where all else is masked. */
function readableText(error: unknown): string | undefined {
  if (error instanceof HandlerTimeout) return error.message
  // `fetch` says no more than that it failed; why is in the cause.
  return upstreamText(error) ?? (error instanceof Error ? upstreamText(error.cause) : undefined)
}

function upstreamText(error: unknown): string | undefined {
  if (error instanceof FleetError || typeof error !== "object" || error === null) return undefined
  const { status, statusCode, code, name, response } = error as Record<string, unknown>
  const upstream =
    typeof response === "object" && response !== null ? (response as { status?: unknown }).status : undefined
  if (status === 429 || statusCode === 429 || upstream === 429)
    return "The upstream service is rate limiting; try again later."
  const timedOut = name === "TimeoutError" || (typeof code === "string" && timeoutCodes.has(code))
  return timedOut ? "The upstream service did not answer in time; try again later." : undefined
}

const timeoutCodes: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
])

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message
  try {
    return String(error)
  } catch {
    // Objects without a prototype, or whose toString throws: their kind is all there is to say.
    return typeof error
  }
}
