import type { SessionRevision } from "../../../src/spec/revisions.ts"
import { methodCases } from "./methods.ts"
import { allCapabilities, type Fields } from "./request.ts"

/** One exchange in a session of its own. */
export interface SessionCase {
  readonly name: string
  readonly method?: "GET" | "DELETE" | "PUT"
  /** The body, as JSON. */
  readonly message?: unknown
  /** In place of the usual headers. */
  readonly headers?: Fields
  /** What the client says it can do. Default: everything. */
  readonly capabilities?: Fields
  /** What the client answers when it is asked. */
  readonly answers?: { readonly [method: string]: object }
}

const statelessOnly = ["server/discover", "subscriptions/listen"]

/** All that can be asked in a session of a revision. */
export function sessionCases(revision: SessionRevision): readonly SessionCase[] {
  return [...methods(), ...ownMethods(), ...handshakes(revision), ...shapes(), ...transport(), ...asking()]
}

/** The methods that every revision has, without the envelope of the stateless one. */
function methods(): readonly SessionCase[] {
  return methodCases().flatMap(({ name, request }) => {
    const { params, ...message } = JSON.parse(request.body ?? "{}")
    if (statelessOnly.includes(message.method)) return []
    const { _meta, ...rest } = params
    const own = Object.entries(_meta).filter(([key]) => !key.startsWith("io.modelcontextprotocol/"))
    const meta = own.length === 0 ? undefined : { _meta: Object.fromEntries(own) }
    return [{ name, message: { ...message, params: { ...rest, ...meta } } }]
  })
}

function ownMethods(): readonly SessionCase[] {
  const params: { readonly [method: string]: { readonly [what: string]: unknown } } = {
    ping: { plain: undefined, "with parameters": { a: 1 } },
    "logging/setLevel": { good: { level: "error" }, unknown: { level: "loud" }, missing: {} },
    "resources/subscribe": {
      good: { uri: "config://app" },
      "unknown URI": { uri: "config://nothing" },
      missing: {},
      "a number": { uri: 3 },
    },
    "resources/unsubscribe": { "never subscribed": { uri: "config://app" }, missing: {} },
    "no/such": { plain: {} },
    "server/discover": { plain: {} },
    "tasks/list": { plain: {} },
  }
  return Object.entries(params).flatMap(([method, variants]) =>
    Object.entries(variants).map(([what, value]) => ({
      name: `${method}: ${what}`,
      message: { jsonrpc: "2.0", id: 1, method, ...(value === undefined ? undefined : { params: value }) },
    })),
  )
}

function handshakes(revision: SessionRevision): readonly SessionCase[] {
  const info = { name: "corpus", version: "1" }
  const good = { protocolVersion: revision, capabilities: {}, clientInfo: info }
  const params: { readonly [what: string]: Fields } = {
    good,
    "an unknown version": { ...good, protocolVersion: "1999-01-01" },
    "a version to come": { ...good, protocolVersion: "2099-01-01" },
    "the version without sessions": { ...good, protocolVersion: "2026-07-28" },
    "no version": { ...good, protocolVersion: undefined },
    "a version that is a number": { ...good, protocolVersion: 3 },
    "no capabilities": { ...good, capabilities: undefined },
    "capabilities of another type": { ...good, capabilities: [] },
    "no client": { ...good, clientInfo: undefined },
    "a client without name": { ...good, clientInfo: { version: "1" } },
    "nothing at all": {},
  }
  return Object.entries(params).map(([what, value]) => ({
    name: `initialize: ${what}`,
    message: { jsonrpc: "2.0", id: 1, method: "initialize", params: value },
    headers: { "mcp-session-id": undefined, "mcp-protocol-version": undefined },
  }))
}

function shapes(): readonly SessionCase[] {
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" }
  const messages: { readonly [what: string]: unknown } = {
    "a string id": { ...list, id: "abc" },
    "a null id": { ...list, id: null },
    "a fractional id": { ...list, id: 1.5 },
    "no jsonrpc": { ...list, jsonrpc: undefined },
    "no method": { ...list, method: undefined },
    "params an array": { ...list, params: [] },
    "a number": 3,
    null: null,
    "an empty object": {},
    "a notification": { jsonrpc: "2.0", method: "notifications/initialized" },
    "an unknown notification": { jsonrpc: "2.0", method: "notifications/unknown" },
    "a cancellation of nothing": {
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: 99 },
    },
    "an answer to nothing": { jsonrpc: "2.0", id: "nobody", result: {} },
    "an error to nothing": { jsonrpc: "2.0", id: "nobody", error: { code: 1, message: "x" } },
    "a batch": [list, { ...list, id: 2, method: "ping" }],
    "a batch of notifications": [{ jsonrpc: "2.0", method: "notifications/initialized" }],
    "an empty batch": [],
  }
  return Object.entries(messages).map(([what, message]) => ({ name: `message: ${what}`, message }))
}

function transport(): readonly SessionCase[] {
  const message = { jsonrpc: "2.0", id: 1, method: "ping" }
  const headers: { readonly [what: string]: Fields } = {
    "no session": { "mcp-session-id": undefined },
    "an unknown session": { "mcp-session-id": "guess" },
    "no version": { "mcp-protocol-version": undefined },
    "an unknown version": { "mcp-protocol-version": "1999-01-01" },
    "accepts JSON only": { accept: "application/json" },
    "accepts nothing known": { accept: "text/html" },
    "no content type": { "content-type": undefined },
    text: { "content-type": "text/plain" },
  }
  return [
    ...Object.entries(headers).map(([what, values]) => ({
      name: `headers: ${what}`,
      message,
      headers: values,
    })),
    { name: "DELETE", method: "DELETE" },
    { name: "DELETE of an unknown session", method: "DELETE", headers: { "mcp-session-id": "guess" } },
    { name: "DELETE without session", method: "DELETE", headers: { "mcp-session-id": undefined } },
    { name: "GET of an unknown session", method: "GET", headers: { "mcp-session-id": "guess" } },
    { name: "GET without session", method: "GET", headers: { "mcp-session-id": undefined } },
    { name: "PUT", method: "PUT", message },
  ]
}

function asking(): readonly SessionCase[] {
  const call = (name: string) => ({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name, arguments: {} },
  })
  const form = { name: "Ada", plan: "free" }
  const answers: { readonly [what: string]: readonly [tool: string, answers: SessionCase["answers"]] } = {
    "a form, accepted": [
      "register",
      { "elicitation/create": { result: { action: "accept", content: form } } },
    ],
    "a form, declined": ["register", { "elicitation/create": { result: { action: "decline" } } }],
    "a form, refused": ["register", { "elicitation/create": { error: { code: -32603, message: "no" } } }],
    "a model": [
      "think",
      {
        "sampling/createMessage": {
          result: { role: "assistant", content: { type: "text", text: "4" }, model: "m" },
        },
      },
    ],
    "the roots": ["folders", { "roots/list": { result: { roots: [{ uri: "file:///a" }] } } }],
  }
  return Object.entries(answers).flatMap(([what, [tool, given]]) => [
    { name: `asking ${what}`, message: call(tool), answers: given ?? {}, capabilities: allCapabilities },
    { name: `asking ${what}: without the capability`, message: call(tool), capabilities: {} },
  ])
}
