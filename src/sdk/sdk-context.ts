import { isObject, type Params } from "../protocol/jsonrpc.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { metaKeys } from "../spec/meta.ts"
import type { SdkNotification, SdkRequest } from "./sdk-server.ts"

/** Who is calling, as the SDK's own authentication found out. */
export interface SdkAuthInfo {
  /** The access token. */
  readonly token: string
  /** The OAuth client it was given to. */
  readonly clientId: string
  /** What it allows. */
  readonly scopes: readonly string[]
  /** When it ends, in seconds since the epoch. */
  readonly expiresAt?: number | undefined
  /** What else whoever verified it found in it. */
  readonly extra?: { readonly [name: string]: unknown } | undefined
}

/** What belongs to one request, said alike for both versions of the SDK. */
export interface SdkContext {
  readonly signal: AbortSignal
  readonly headers: HeaderBag | undefined
  readonly authInfo: SdkAuthInfo | undefined
  /** The parameters as the client wrote them. */
  readonly params: Params
  /** Whether the request is one of 2026-07-28, and so belongs to no session. */
  readonly isStateless: boolean
  notify(notification: SdkNotification): Promise<void>
  /** Asks the client, until `signal` is aborted. */
  ask(request: SdkNotification, signal: AbortSignal): Promise<unknown>
}

type Notify = SdkContext["notify"]
type Ask = (request: SdkNotification, schema: unknown, options: object) => Promise<unknown>

/** What version 1 gives its handlers. */
interface Extra {
  readonly signal: AbortSignal
  readonly requestInfo?: { readonly headers?: unknown }
  readonly authInfo?: SdkAuthInfo
  readonly sendNotification: Notify
  readonly sendRequest: Ask
}

/** What version 2 gives its handlers. */
interface Context {
  readonly mcpReq: {
    readonly signal: AbortSignal
    /** What the SDK took out of `_meta`. */
    readonly envelope?: Params
    /** What the SDK took out of the parameters. */
    readonly inputResponses?: Params
    readonly requestState: () => unknown
    readonly notify: Notify
    readonly send: Ask
  }
  readonly http?: { readonly authInfo?: SdkAuthInfo; readonly req?: { readonly headers?: unknown } }
}

/** Reads what either version of the SDK gives with a request. */
export function toSdkContext(request: SdkRequest, given: unknown): SdkContext {
  // One of the two, by the contract of the SDK.
  const context = given as Extra | Context
  return "mcpReq" in context ? ofVersion2(request, context) : ofVersion1(request, context)
}

function ofVersion1({ params = {} }: SdkRequest, extra: Extra): SdkContext {
  const { signal, authInfo, sendNotification, sendRequest } = extra
  return {
    signal,
    authInfo,
    headers: toHeaderBag(extra.requestInfo?.headers),
    params,
    isStateless: false,
    notify: sendNotification,
    ask: (question, until) => sendRequest(question, anything, untilAborted(until)),
  }
}

function ofVersion2({ params = {} }: SdkRequest, { mcpReq, http }: Context): SdkContext {
  const { signal, envelope, inputResponses, notify, send } = mcpReq
  const requestState = mcpReq.requestState()
  const meta = isObject(params._meta) ? params._meta : undefined
  return {
    signal,
    authInfo: http?.authInfo,
    headers: toHeaderBag(http?.req?.headers),
    params: {
      ...params,
      ...(inputResponses === undefined ? undefined : { inputResponses }),
      ...(requestState === undefined ? undefined : { requestState }),
      ...(envelope === undefined && meta === undefined ? undefined : { _meta: { ...envelope, ...meta } }),
    },
    isStateless: envelope?.[metaKeys.protocolVersion] !== undefined,
    notify,
    ask: (question, until) => send(question, anything, untilAborted(until)),
  }
}

/** A schema of what a client answers that takes and keeps everything: for version 1 a zod schema, for 2 a standard one. */
const anything = {
  safeParse: (data: unknown) => ({ success: true, data }),
  "~standard": { version: 1, vendor: "fleetmcp", validate: (value: unknown) => ({ value }) },
} as const

/** How long is waited the server itself says; the SDK would give up sooner. */
function untilAborted(signal: AbortSignal): object {
  return { signal, timeout: longestTimer }
}

/** Reads headers of `fetch`, or an object by lower-case names. */
function toHeaderBag(headers: unknown): HeaderBag | undefined {
  if (headers instanceof Headers)
    return { get: (name) => headers.get(name) ?? undefined, entries: () => headers }
  if (!isObject(headers)) return undefined
  const known = new Map(
    Object.entries(headers).flatMap(([name, value]): readonly [string, string][] =>
      value === undefined ? [] : [[name.toLowerCase(), [value].flat().join(", ")]],
    ),
  )
  return { get: (name) => known.get(name), entries: () => known }
}
