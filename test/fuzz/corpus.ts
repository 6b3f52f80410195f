import { metaKeys } from "../../src/spec/meta.ts"
import { latestStatelessRevision } from "../../src/spec/revisions.ts"
import type { Random } from "./random.ts"
import { type Json, RawJson, toText } from "./values.ts"

/** The message of a request, before anything is done to it. */
export interface Message {
  readonly [member: string]: Json
}

const tools: readonly (readonly [name: string, args: { readonly [name: string]: Json }])[] = [
  ["add", { a: 1, b: 2 }],
  ["echo", { value: { nested: [1, "two", null] } }],
  ["user", { name: "Ann", address: { city: "Bern", tags: ["a", "b"] }, role: "admin" }],
  ["lenient", { count: "10", flag: "true" }],
  ["steps", { steps: 5 }],
  ["log", { text: "hello" }],
  ["yields", { count: 3 }],
  ["sleep", { ms: 5 }],
  ["late", { ms: 5 }],
  ["boom", { kind: "error" }],
  ["media", {}],
  ["region", { region: "eu", zone: 7 }],
  ["ask", { question: "Who?" }],
  ["guarded", {}],
  ["nested", { depth: 2 }],
]

const uris = [
  "data://plain",
  "data://bytes",
  "data://boom",
  "data://notes/7",
  "data://notes/x%20y",
  "data://files/a/b/c.txt",
  "data://search?q=x&limit=3",
  "data://nowhere",
]

/** A message that is right, of any method. */
export function rightMessage(random: Random, id: number): Message {
  const method = random.weighted<string>([
    [8, () => "tools/call"],
    [3, () => "resources/read"],
    [2, () => "prompts/get"],
    [2, () => "completion/complete"],
    [4, () => random.pick(["tools/list", "resources/list", "resources/templates/list", "prompts/list"])],
    [1, () => "server/discover"],
    [1, () => "subscriptions/listen"],
    [1, () => random.pick(["initialize", "ping", "no/such", "tasks/get", "logging/setLevel"])],
  ])
  const params = { ...rightParams(random, method), _meta: envelope(random) }
  if (random.chance(0.03))
    return { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } }
  return { jsonrpc: "2.0", id: random.chance(0.9) ? id : `id-${id}`, method, params }
}

/** The parameters of a method, without the envelope. */
export function rightParams(random: Random, method: string): { readonly [name: string]: Json } {
  switch (method) {
    case "tools/call": {
      const [name, args] = random.pick(tools)
      return { name, arguments: args }
    }
    case "resources/read":
      return { uri: random.pick(uris) }
    case "prompts/get":
      return random.pick<{ readonly [name: string]: Json }>([
        { name: "plain" },
        { name: "review", arguments: { code: "x", lines: "10" } },
      ])
    case "completion/complete":
      return {
        ref: random.pick<Json>([
          { type: "ref/prompt", name: "review" },
          { type: "ref/resource", uri: "data://notes/{id}" },
        ]),
        argument: { name: random.pick(["code", "id"]), value: "a" },
      }
    case "subscriptions/listen":
      return { notifications: { toolsListChanged: true, resourceSubscriptions: ["data://plain"] } }
    case "initialize":
      return { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "fuzz", version: "1" } }
    default:
      return {}
  }
}

function envelope(random: Random): { readonly [name: string]: Json } {
  return {
    [metaKeys.protocolVersion]: latestStatelessRevision,
    [metaKeys.clientCapabilities]: random.chance(0.7)
      ? { elicitation: { form: {} }, roots: {}, sampling: {} }
      : {},
    [metaKeys.clientInfo]: { name: "fuzz", version: "1" },
    ...(random.chance(0.5) ? { progressToken: random.pick<Json>([1, "p"]) } : undefined),
    ...(random.chance(0.3) ? { [metaKeys.logLevel]: "debug" } : undefined),
  }
}

/** The headers that belong to a message, as far as it is one. */
export function rightHeaders(message: Json): [name: string, value: string][] {
  const { method, params } = membersOf(message)
  const { name, uri, arguments: args } = membersOf(params)
  const { region, zone } = membersOf(args)
  const target = method === "resources/read" ? uri : name
  const headers: [string, string][] = [
    ["host", "127.0.0.1"],
    ["content-type", "application/json"],
    ["accept", "application/json, text/event-stream"],
    ["mcp-protocol-version", latestStatelessRevision],
    ["mcp-method", toHeader(method)],
  ]
  if (target !== undefined) headers.push(["mcp-name", toHeader(target)])
  if (region !== undefined) headers.push(["mcp-param-region", toHeader(region)])
  if (zone !== undefined) headers.push(["mcp-param-zone", toHeader(zone)])
  return headers
}

function membersOf(value: Json | undefined): { readonly [name: string]: Json | undefined } {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
  return isObject && !(value instanceof RawJson) ? (value as { readonly [name: string]: Json }) : {}
}

function toHeader(value: Json | undefined): string {
  const text = typeof value === "string" ? value : toText(value ?? null)
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]{0,500}[\x21-\x7e])?$/.test(text)
  return isPlain ? text : `=?base64?${Buffer.from(text.slice(0, 500)).toString("base64")}?=`
}
