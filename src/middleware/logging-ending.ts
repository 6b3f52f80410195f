import { CallAborted } from "../errors/protocol.ts"
import type { Failure, Outcome } from "../protocol/call.ts"
import { toFailure, unexpected } from "../protocol/dispatcher.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { LogRecord } from "../server/server-log.ts"
import { isGivenUp, typeOf } from "./shared-failure.ts"

/** How bad what is logged is. */
export type LogLevel = LogRecord["level"]

/** How a call ended, as it is logged. */
export interface Ending {
  readonly level: LogLevel
  readonly outcome: "ok" | "tool-error" | "input-required" | "extended" | "cancelled" | "failed"
  /** The JSON-RPC code. */
  readonly errorCode?: number | undefined
  /** The code or class of the error. */
  readonly error?: string | undefined
  /** Under which the server's own log has the whole error. */
  readonly errorId?: string | undefined
  readonly errorMessage?: string | undefined
  /** How many questions the client is asked. */
  readonly questions?: number | undefined
}

/** Says how a call ended. */
export function endingOf(outcome: Outcome): Ending {
  switch (outcome.kind) {
    case "complete":
      return endingOfResult(outcome.result)
    case "input-required": {
      const questions = Object.keys(outcome.requests ?? {}).length
      return { level: "info", outcome: "input-required", questions }
    }
    case "extended":
      return { level: "info", outcome: "extended" }
    case "failure":
      return endingOfFailure(outcome)
  }
}

/** Says how a call ended in which middleware threw. */
export function endingOfError(error: unknown): Ending {
  const failure = toFailure(error) ?? unexpected(error instanceof Error ? error.message : "", error)
  return endingOfFailure(failure)
}

function endingOfResult(result: object): Ending {
  if (!("isError" in result) || result.isError !== true) return { level: "info", outcome: "ok" }
  const meta = "_meta" in result && isObject(result._meta) ? result._meta : {}
  const id = meta["fleetmcp/errorId"]
  const errorId = typeof id === "string" ? id : undefined
  // Without an id the tool said it to the model itself; it is no fault of the server.
  return { level: errorId === undefined ? "warning" : "error", outcome: "tool-error", errorId }
}

function endingOfFailure({ error, cause, http }: Failure): Ending {
  const { code: errorCode, message: errorMessage } = error
  if (isGivenUp(cause))
    return { level: "info", outcome: "cancelled", errorCode, error: cause.reason, errorMessage }
  return {
    level: isOurs(errorCode, http?.status) ? "error" : "warning",
    outcome: "failed",
    errorCode,
    error: kindOf(cause),
    errorId: idOf(error),
    errorMessage,
  }
}

/** Whether the server failed, and not the client. */
function isOurs(code: number, status: number | undefined): boolean {
  return status === undefined ? code === -32603 : status >= 500
}

function kindOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  return cause instanceof CallAborted ? cause.reason : typeOf(cause)
}

function idOf({ message, data }: Failure["error"]): string | undefined {
  if (isObject(data) && typeof data.errorId === "string") return data.errorId
  // Of what was thrown by accident the peer is told no more than this.
  return /^Internal error \(([0-9a-f]{8})\)\.$/.exec(message)?.[1]
}
