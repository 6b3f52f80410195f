import type { Observation } from "../observe.ts"

/** One HTTP request, as a value. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Fields
  readonly body: string | undefined
}

export type Fields = { readonly [name: string]: unknown }

/** One request, and what follows from its answer. */
export interface Case {
  /** `group: what is particular`. It is what a row of the allowed differences matches. */
  readonly name: string
  readonly request: HttpRequest
  /** Makes the next request from the answer, such as the retry of a call that asked something. */
  readonly next?: (answer: Observation) => HttpRequest
  /** The stream stays open: read so many messages of it, then leave. */
  readonly take?: number
  /** What happens on the server once the stream is open. */
  readonly stimulus?: "list-changed" | "resource-updated"
}

/** How a request departs from a valid one. A field of value `undefined` is left out. */
export interface Change {
  readonly id?: unknown
  /** Fields of `params._meta`. */
  readonly meta?: Fields
  /** Members of the message. */
  readonly message?: Fields
  readonly headers?: Fields
  readonly method?: string
  readonly path?: string
  /** Replaces the whole body. */
  readonly body?: string | undefined
}

export const revision = "2026-07-28"
export const allCapabilities = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {} },
  roots: {},
} as const
const prefix = "io.modelcontextprotocol/"

export const keys = {
  version: `${prefix}protocolVersion`,
  capabilities: `${prefix}clientCapabilities`,
  info: `${prefix}clientInfo`,
  logLevel: `${prefix}logLevel`,
} as const

/** Makes a valid request of the stateless era, then changes it. */
export function request(method: string, params: Fields = {}, change: Change = {}): HttpRequest {
  const meta = {
    [keys.version]: revision,
    [keys.capabilities]: allCapabilities,
    [keys.info]: { name: "corpus", version: "1" },
    ...change.meta,
  }
  const message = {
    jsonrpc: "2.0",
    id: "id" in change ? change.id : 1,
    method,
    params: { ...params, _meta: "_meta" in params ? params._meta : meta },
    ...change.message,
  }
  return post(message, { ...standardHeaders(method, params), ...change.headers }, change)
}

/** Makes a POST of any body with the headers given. */
export function post(message: unknown, headers: Fields, change: Change = {}): HttpRequest {
  return {
    method: change.method ?? "POST",
    url: `http://127.0.0.1${change.path ?? "/mcp"}`,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: "body" in change ? change.body : JSON.stringify(message),
  }
}

/** The headers that go with a method and its parameters. */
export function standardHeaders(method: string, params: Fields): Fields {
  const name = method === "resources/read" ? params.uri : params.name
  const isNamed = method === "tools/call" || method === "prompts/get" || method === "resources/read"
  return {
    "mcp-protocol-version": revision,
    "mcp-method": method,
    ...(isNamed && typeof name === "string" ? { "mcp-name": encodeName(name) } : undefined),
  }
}

/** Calls a tool; headers that repeat arguments are the business of the one tool that has them. */
export function call(name: string, args: unknown = {}, change: Change = {}): HttpRequest {
  return request("tools/call", { name, arguments: args }, change)
}

/** Repeats a request with the answers to what it asked, and the state that came with the questions. */
export function retry(first: HttpRequest, answers: unknown, change: { readonly state?: unknown } = {}) {
  return (answer: Observation): HttpRequest => {
    // Written by `request`, so it is a message with params.
    const message = JSON.parse(first.body ?? "{}") as { readonly params: Fields }
    const requestState = "state" in change ? change.state : answer.requestState
    const params = { ...message.params, inputResponses: answers, requestState }
    return { ...first, body: JSON.stringify({ ...message, id: 2, params }) }
  }
}

function encodeName(name: string): string {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(name)) return name
  return `=?base64?${Buffer.from(name).toString("base64")}?=`
}
