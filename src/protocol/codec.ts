import { metaKeys } from "../spec/meta.ts"
import type { ProtocolRevision } from "../spec/revisions.ts"
import type { Complete, InputRequired, Outcome } from "./call.ts"
import { idToJson, type Params, type RequestId, type RpcError } from "./jsonrpc.ts"

/** Renders outcomes for one protocol revision. */
export interface Codec {
  readonly revision: ProtocolRevision
  /** Whether progress notifications may carry words. */
  readonly progressMessage: boolean
  /** Renders the answer to a request. */
  answer(id: RequestId | undefined, outcome: Outcome, method: string): string | Promise<string>
  error(id: RequestId | undefined, error: RpcError): string
  notification(method: string, params: Params): string
  /** Writes the start of the progress notifications of one call, up to where the figures follow. */
  progressHead(token: unknown): string
}

/** Renders outcomes for a revision without sessions. */
export interface StatelessCodec extends Codec {
  /** Gives the object that {@link answer} writes for a complete result; what is in it is shared, not copied. */
  toObject(result: object): object
}

export interface StatelessCodecOptions {
  /** What every result carries as `_meta["io.modelcontextprotocol/serverInfo"]`, or nothing. */
  readonly serverInfo: object | undefined
  /** What a result may say in its place: the very object that tells all of the server. */
  readonly fullServerInfo?: object
}

/**
 * Makes the codec of the revisions without sessions: every result says its `resultType` and who answers.
 *
 * @see S28/basic/index#resulttype
 */
export function createStatelessCodec(
  revision: ProtocolRevision,
  options: StatelessCodecOptions,
): StatelessCodec {
  const ownMeta = Object.freeze(
    options.serverInfo === undefined ? {} : { [metaKeys.serverInfo]: options.serverInfo },
  )
  const metaSuffix = options.serverInfo === undefined ? "" : `,"_meta":${JSON.stringify(ownMeta)}`

  /** Says who answers, whoever a result says it is. */
  function withOwn(meta: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
    return meta[metaKeys.serverInfo] === options.fullServerInfo
      ? { ...ownMeta, ...meta }
      : { ...meta, ...ownMeta }
  }

  /** Writes a result behind its head, which says the id and the type. */
  function finish(head: string, body: object, json: string | undefined): string {
    // The head says it; a second one would win where JSON is parsed.
    if ("resultType" in body) {
      const { resultType: _, ...rest } = body
      return finish(head, rest, undefined)
    }
    if ("_meta" in body && body._meta !== undefined) {
      const merged = JSON.stringify({
        ...body,
        _meta: withOwn(body._meta as { readonly [key: string]: unknown }),
      })
      return `${head},${merged.slice(1)}}`
    }
    const members = json ?? JSON.stringify(body)
    if (members.length === 2) return `${head}${metaSuffix}}}`
    return `${head},${members.slice(1, -1)}${metaSuffix}}}`
  }

  async function inputRequired(id: RequestId | undefined, outcome: InputRequired): Promise<string> {
    const { requests, continuation } = outcome
    const body: { inputRequests?: object; requestState?: string } = {}
    if (requests !== undefined) body.inputRequests = requests
    if (continuation?.kind === "replay") body.requestState = await continuation.seal()
    if (continuation?.kind === "relay") body.requestState = continuation.state
    if (continuation?.kind === "parked") body.requestState = continuation.handle
    return finish(headOf(id, '"input_required"'), body, undefined)
  }

  return {
    revision,
    progressMessage: true,
    answer(id, outcome) {
      switch (outcome.kind) {
        case "complete":
          return finish(headOf(id, '"complete"'), outcome.result, textOf(outcome))
        case "input-required":
          return inputRequired(id, outcome)
        case "extended":
          return finish(headOf(id, JSON.stringify(outcome.resultType)), outcome.result, undefined)
        case "failure":
          return errorToJson(id, outcome.error)
      }
    },
    toObject(result) {
      // Not `{ ...result, … }`: an object literal that begins with a spread costs ten times as much.
      const object: { resultType: string; _meta?: { readonly [key: string]: unknown } } = Object.assign(
        { resultType: "complete" },
        result,
      )
      // What a handler wrote itself must win no more than in JSON.
      object.resultType = "complete"
      if (options.serverInfo !== undefined) object._meta = withOwn(object._meta ?? {})
      return object
    },
    error: errorToJson,
    progressHead,
    notification: notificationToJson,
  }
}

function textOf({ result, serialized }: Complete): string | undefined {
  return serialized?.result === result ? serialized.json : undefined
}

function headOf(id: RequestId | undefined, resultType: string): string {
  return `{"jsonrpc":"2.0","id":${idToJson(id)},"result":{"resultType":${resultType}`
}

/** Writes an error response; every revision writes it alike. */
export function errorToJson(id: RequestId | undefined, error: RpcError): string {
  const { code, message, data } = error
  const body = JSON.stringify(data === undefined ? { code, message } : { code, message, data })
  // S28/basic/index#error-responses: the id is left out only when it could not be read.
  return id === undefined
    ? `{"jsonrpc":"2.0","error":${body}}`
    : `{"jsonrpc":"2.0","id":${idToJson(id)},"error":${body}}`
}

/** Writes a notification; every revision writes it alike. */
export function notificationToJson(method: string, params: Params): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params })
}

/** Writes the start of progress notifications; every revision writes it alike. */
export function progressHead(token: unknown): string {
  return `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${JSON.stringify(token)},"progress":`
}
