import type { Call, Peer } from "../protocol/call.ts"
import type { Principal } from "../protocol/principal.ts"
import type { Notice } from "../server/middleware.ts"
import type { Ending, LogLevel } from "./logging-ending.ts"
import { cut, oneLine } from "./logging-text.ts"

/**
 * What is logged of one call or notification. Every text in it is one printable line of bounded length. What is not
 * known is left out; the order of the fields is this one.
 */
export interface CallRecord {
  /** When it was written: ISO 8601, UTC. */
  readonly time: string
  /** `info` for what went well, `warning` where the client did wrong, `error` where the server did. */
  readonly level: "debug" | "info" | "warning" | "error"
  /** What it tells of: the beginning of a request, its end, or a notification. */
  readonly event: "start" | "request" | "notification"
  /** The JSON-RPC method. */
  readonly method: string
  /** The name or URI it acts on, if it acts on one. */
  readonly target?: string
  /** How it ended. `tool-error` is a result with `isError`. */
  readonly outcome?: "ok" | "tool-error" | "input-required" | "extended" | "cancelled" | "failed"
  /** How long it took, in milliseconds. */
  readonly durationMs?: number
  /** The JSON-RPC code of the error. */
  readonly errorCode?: number
  /** The code of the error in `docs/errors.md`, else its class; why a call was aborted. */
  readonly error?: string
  /** Under which the server's own log has the whole error. */
  readonly errorId?: string
  /** How many rounds of questions came before, where there were any. */
  readonly round?: number
  /** How many questions the client is asked. */
  readonly questions?: number
  /** The JSON-RPC id. */
  readonly requestId?: string | number
  /** The beginning of the session's id: the whole of it would let others take the session. */
  readonly session?: string
  /** Who calls, where it is asked for. */
  readonly principal?: string
  /** What the client says it is: name and version. */
  readonly client?: string
  /** What carries the messages: `stdio`, `http`, `memory`. */
  readonly transport?: string
  /** The revision of the protocol. */
  readonly revision?: string
  /** Whose call it is, where it is no client's: that of a handler (`ctx.callTool()`), or of the own process. */
  readonly caller?: "handler" | "process"
  /** The name of the server. */
  readonly server: string
  /** The trace that the call belongs to: 32 hexadecimal digits. */
  readonly traceId?: string
  /** The span of the caller: 16 hexadecimal digits. */
  readonly spanId?: string
  /** The bytes of the arguments as JSON. */
  readonly argumentsBytes?: number
  /** The bytes of the result as JSON. */
  readonly resultBytes?: number
  /** About how many tokens the arguments are. */
  readonly argumentsTokens?: number
  /** About how many tokens the result is. */
  readonly resultTokens?: number
  /** What `fields` gave. */
  readonly fields?: { readonly [name: string]: string | number | boolean }
  /** What the client was told went wrong, where results are logged. */
  readonly errorMessage?: string
  /** The arguments as JSON, secrets hidden, cut. */
  readonly arguments?: string
  /** The result as JSON, secrets hidden, cut. */
  readonly result?: string
}

/** What a record is made of besides the call. */
export interface RecordParts {
  readonly time: string
  readonly level: LogLevel
  readonly event: CallRecord["event"]
  readonly server: string
  readonly ending?: Ending | undefined
  readonly durationMs?: number | undefined
  readonly principal?: string | undefined
  /** What was worked out of its contents: sizes, payloads, fields. */
  readonly contents?: Contents | undefined
  /** Takes secrets out of a text. */
  readonly scrub: (text: string) => string
}

/** What is worked out of the contents of a call, where it is asked for. */
export type Contents = {
  readonly [field in
    | "argumentsBytes"
    | "resultBytes"
    | "argumentsTokens"
    | "resultTokens"
    | "fields"
    | "errorMessage"
    | "arguments"
    | "result"]?: CallRecord[field] | undefined
}

/** The most characters of a text that a peer chose. */
const longest = { method: 128, target: 200, id: 64, client: 100, session: 8, principal: 100, error: 100 }

/** Makes the record of a call. */
export function recordOfCall(call: Call, parts: RecordParts): CallRecord {
  const { method, target, id, round, peer, exchange, parent } = call
  const { ending, contents = {} } = parts
  const trace = traceOf(call)
  return compact({
    time: parts.time,
    level: parts.level,
    event: parts.event,
    method: oneLine(method, longest.method),
    target: target === method ? undefined : oneLine(parts.scrub(cut(target, 1000)), longest.target),
    outcome: ending?.outcome,
    durationMs: parts.durationMs,
    errorCode: ending?.errorCode,
    error: shown(ending?.error, longest.error),
    errorId: shown(ending?.errorId, longest.error),
    round: round || undefined,
    questions: ending?.questions,
    requestId: typeof id === "string" ? oneLine(id, longest.id) : id,
    session: shown(exchange.session?.id.slice(0, longest.session), longest.session),
    principal: shown(parts.principal, longest.principal),
    client: clientOf(peer.info),
    transport: exchange.transport,
    revision: peer.revision,
    caller: parent === undefined ? (exchange.isTrusted ? "process" : undefined) : "handler",
    server: parts.server,
    traceId: trace?.traceId,
    spanId: trace?.spanId,
    ...contents,
  })
}

/** Makes the record of a notification. */
export function recordOfNotice({ method }: Notice, parts: RecordParts): CallRecord {
  const { ending, contents } = parts
  return compact({
    time: parts.time,
    level: parts.level,
    event: parts.event,
    method: oneLine(method, longest.method),
    outcome: ending?.outcome,
    durationMs: parts.durationMs,
    errorCode: ending?.errorCode,
    error: shown(ending?.error, longest.error),
    principal: shown(parts.principal, longest.principal),
    server: parts.server,
    ...contents,
  })
}

/** Says who calls, as the option has it. */
export function namePrincipal(
  option: boolean | ((principal: Principal) => string | undefined),
  principal: Principal | undefined,
): string | undefined {
  if (option === false || principal === undefined) return undefined
  return option === true ? principal.key : option(principal)
}

function shown(text: string | undefined, most: number): string | undefined {
  return text === undefined ? undefined : oneLine(text, most)
}

function clientOf(info: Peer["info"]): string | undefined {
  if (info === undefined) return undefined
  const { name, version } = info
  return oneLine(`${cut(String(name), 64)}/${cut(String(version), 32)}`, longest.client)
}

/**
 * The trace that a request says it belongs to, in its `_meta` or else in its headers.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
function traceOf({ meta, headers }: Call): Trace | undefined {
  const given = meta?.traceparent ?? headers?.get("traceparent")
  if (typeof given !== "string" || given.length > 512) return undefined
  const [, version, traceId = "", spanId = "", more] = traceparent.exec(given) ?? []
  // Version ff is none, 00 ends after the flags, and ids of zeros alone are none.
  const isValid = version !== "ff" && (version !== "00" || more === undefined)
  return isValid && /[1-9a-f]/.test(traceId) && /[1-9a-f]/.test(spanId) ? { traceId, spanId } : undefined
}

interface Trace {
  readonly traceId: string
  readonly spanId: string
}

const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

/** Leaves out what is not known. */
function compact(fields: { [field in keyof CallRecord]: CallRecord[field] | undefined }): CallRecord {
  const record: { [field: string]: unknown } = {}
  // A loop, since this is done for every call.
  for (const field in fields) {
    const value = fields[field as keyof CallRecord]
    if (value !== undefined) record[field] = value
  }
  // What is required is given by all who call this.
  return record as unknown as CallRecord
}
