import { metaKeys } from "../../src/spec/meta.ts"
import { latestStatelessRevision } from "../../src/spec/revisions.ts"

/** An HTTP request, as tests write it. */
export interface HttpRequest {
  readonly method?: string
  readonly path?: string
  /** Added to the usual ones; `undefined` leaves one out. */
  readonly headers?: { readonly [name: string]: string | undefined }
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | undefined
}

export interface RpcOptions {
  readonly id?: unknown
  readonly meta?: { readonly [key: string]: unknown }
  readonly headers?: HttpRequest["headers"]
  readonly path?: string
}

type Params = { readonly [name: string]: unknown }

/** A POST with one request of the stateless revision, whole and right. */
export function rpc(method: string, params: Params = {}, options: RpcOptions = {}): HttpRequest {
  const message = { jsonrpc: "2.0", id: options.id ?? 1, method, params: withMeta(params, options.meta) }
  const name = method === "resources/read" ? params.uri : params.name
  return {
    method: "POST",
    path: options.path ?? "/mcp",
    headers: {
      ...jsonHeaders,
      "mcp-protocol-version": latestStatelessRevision,
      "mcp-method": method,
      ...(typeof name === "string" ? { "mcp-name": name } : undefined),
      ...options.headers,
    },
    body: JSON.stringify(message),
  }
}

export function callTool(name: string, args: Params = {}, options: RpcOptions = {}): HttpRequest {
  return rpc("tools/call", { name, arguments: args }, options)
}

export const jsonHeaders = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
} as const

function withMeta(params: Params, meta?: Params): Params {
  const envelope = {
    [metaKeys.protocolVersion]: latestStatelessRevision,
    [metaKeys.clientCapabilities]: {},
    [metaKeys.clientInfo]: { name: "test", version: "1" },
  }
  return { ...params, _meta: { ...envelope, ...meta } }
}

/** The messages of a server-sent event stream. */
export function eventsOf(text: string): readonly unknown[] {
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("event: message\ndata: "))
    .map((event) => JSON.parse(event.slice("event: message\ndata: ".length)))
}
