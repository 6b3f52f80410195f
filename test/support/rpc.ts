import { encodeHeaderValue, headerNames } from "../../src/spec/headers.ts"
import { metaKeys } from "../../src/spec/meta.ts"

/** Any JSON object. */
export type Fields = { readonly [name: string]: unknown }

/** A request as a well-behaved client of 2026-07-28 sends it. */
export interface Rpc {
  readonly message: {
    readonly jsonrpc: "2.0"
    readonly id: string | number
    readonly method: string
    readonly params: Fields
  }
  readonly headers: { readonly [name: string]: string }
}

/** The revision under test. */
export const revision = "2026-07-28"

/** The capabilities of a client that can answer everything. */
export const allCapabilities: Fields = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {} },
  roots: {},
}

let lastId = 0

/**
 * Makes a request with its envelope and headers.
 *
 * @param meta Further keys of `_meta`; one that is `undefined` is left out, as a client might forget it.
 */
export function rpc(method: string, params: Fields = {}, meta: Fields = {}): Rpc {
  const envelope = {
    [metaKeys.protocolVersion]: revision,
    [metaKeys.clientCapabilities]: {},
    [metaKeys.clientInfo]: { name: "test", version: "1.0.0" },
    ...meta,
  }
  const message = { jsonrpc: "2.0", id: ++lastId, method, params: { ...params, _meta: envelope } } as const
  return { message, headers: headersOf(method, params, envelope) }
}

/** The same request under another id. */
export function withId({ message, headers }: Rpc, id: string | number): Rpc {
  return { message: { ...message, id }, headers }
}

/** The same request with other headers; one that is `undefined` is left out. */
export function withHeaders({ message, headers }: Rpc, changes: { [name: string]: string | undefined }): Rpc {
  const all = Object.entries({ ...headers, ...changes })
  return {
    message,
    headers: Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  }
}

/** Calls a tool. */
export function call(name: string, args: Fields = {}, meta: Fields = {}): Rpc {
  return rpc("tools/call", { name, arguments: args }, meta)
}

/** Declares what the client can do, for the third parameter of {@link rpc}. */
export function capable(capabilities: Fields = allCapabilities): Fields {
  return { [metaKeys.clientCapabilities]: capabilities }
}

function headersOf(method: string, params: Fields, envelope: Fields): { [name: string]: string } {
  const version = envelope[metaKeys.protocolVersion]
  const name = nameOf(method, params)
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    [headerNames.method]: method,
    ...(typeof version === "string" ? { [headerNames.protocolVersion]: version } : undefined),
    ...(typeof name === "string" ? { [headerNames.name]: encodeHeaderValue(name) } : undefined),
  }
}

function nameOf(method: string, params: Fields): unknown {
  if (method === "tools/call" || method === "prompts/get") return params.name
  return method === "resources/read" ? params.uri : undefined
}
