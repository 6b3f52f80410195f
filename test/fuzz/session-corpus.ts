import { sessionRevisions } from "../../src/spec/revisions.ts"
import type { Message } from "./corpus.ts"
import { rightParams } from "./corpus.ts"
import type { Random } from "./random.ts"
import type { Json } from "./values.ts"

/** A handshake that is right. */
export function hello(random: Random, id: Json): Message {
  const params = {
    protocolVersion: random.pick(sessionRevisions),
    capabilities: random.chance(0.8) ? { elicitation: { form: {} }, roots: {}, sampling: {} } : {},
    clientInfo: { name: "fuzz", version: "1" },
  }
  return { jsonrpc: "2.0", id, method: "initialize", params }
}

/** A request of a session that is right, whose answers say the mark. */
export function sessionRequest(random: Random, id: Json, mark: string): Message {
  const [method, params] = random.weighted<readonly [string, { readonly [name: string]: Json }]>([
    [6, () => ["tools/call", { ...markedCall(random, mark), _meta: { progressToken: `${mark}-${id}` } }]],
    [4, () => ["tools/call", rightParams(random, "tools/call")]],
    [2, () => ["resources/read", rightParams(random, "resources/read")]],
    [1, () => ["prompts/get", rightParams(random, "prompts/get")]],
    [1, () => ["completion/complete", rightParams(random, "completion/complete")]],
    [2, () => [random.pick(lists), {}]],
    [1, () => ["logging/setLevel", { level: random.pick(["debug", "error", "loud"]) }]],
    [1, () => [random.pick(["resources/subscribe", "resources/unsubscribe"]), { uri: "data://plain" }]],
    [1, () => [random.pick(["ping", "no/such", "server/discover", "subscriptions/listen"]), {}]],
  ])
  return { jsonrpc: "2.0", id, method, params }
}

/** A notification of a session. */
export function sessionNotification(random: Random, ids: readonly Json[]): Message {
  const method = random.pick(["initialized", "cancelled", "progress", "roots/list_changed", "unknown"])
  const params: Message =
    method === "cancelled" ? { requestId: random.pick([...ids, 0]), reason: "enough" } : {}
  return { jsonrpc: "2.0", method: `notifications/${method}`, params }
}

const lists = ["tools/list", "resources/list", "resources/templates/list", "prompts/list"]

function markedCall(random: Random, mark: string): { readonly [name: string]: Json } {
  return random.pick<{ readonly [name: string]: Json }>([
    { name: "echo", arguments: { value: mark } },
    { name: "log", arguments: { text: mark } },
    { name: "steps", arguments: { steps: 5 } },
    { name: "late", arguments: { ms: 2 } },
    { name: "poll", arguments: { text: mark } },
    { name: "ask", arguments: { question: mark } },
    { name: "change", arguments: {} },
  ])
}

/** What a client answers to a request of the server, more or less. */
export function answerTo(method: string): Json {
  if (method === "roots/list") return { roots: [{ uri: "file:///a" }] }
  if (method === "elicitation/create") return { action: "accept", content: { name: "Ann" } }
  return {}
}
