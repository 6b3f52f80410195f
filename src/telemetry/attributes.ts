import type { Attributes } from "@opentelemetry/api"
import type { Call } from "../protocol/call.ts"
import { textHash } from "../shared/text-hash.ts"
import { type Ending, texts } from "./ending.ts"
import { shown, type Target } from "./targets.ts"

/** What a call is known by before it runs: what samplers decide by, too. */
export interface Subject {
  readonly call: Call
  readonly target: Target
  /** The name of the server. */
  readonly server: string
}

/**
 * Names a span by what there are few of.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/#server
 */
export function spanName({ method, name }: Target): string {
  return name === undefined ? method : `${method} ${name}`
}

/** What a span says of its call from the start; the words of clients are among it, cut to a length. */
export function spanAttributes(subject: Subject, isPrincipalShown: boolean): Attributes {
  const { call, target } = subject
  const { method, id, params, peer, round } = call
  const { name, uri } = params
  const session = sessionOf(call)
  const attributes = shared(subject)
  attributes["mcp.method.name"] = target.method === "_OTHER" ? shown(method) : method
  if (typeof name === "string" && (method === "tools/call" || method === "prompts/get"))
    attributes[nameKey(method)] = target.name ?? shown(name)
  if (typeof uri === "string") attributes["mcp.resource.uri"] = shown(uri, 2048)
  if (id !== undefined) attributes["jsonrpc.request.id"] = typeof id === "string" ? shown(id) : String(id)
  if (session !== undefined) attributes["mcp.session.id"] = session
  if (round > 0) attributes["fleetmcp.round"] = round
  if (isPrincipalShown && peer.principal !== undefined)
    attributes["enduser.id"] = peer.principal.subject ?? peer.principal.clientId ?? peer.principal.key
  return attributes
}

/** What the measurements of calls are told apart by: values of which there are few. */
export function metricAttributes(subject: Subject, ended: Attributes): Attributes {
  const { method, name } = subject.target
  const attributes = shared(subject)
  attributes["mcp.method.name"] = method
  if (name !== undefined) attributes[nameKey(method)] = name
  return Object.assign(attributes, ended)
}

/** What is added to both when the call has ended. */
export function endAttributes({ outcome, type, code }: Ending, { types, codes }: EndBounds): Attributes {
  const attributes: Attributes = { "fleetmcp.outcome": outcome }
  if (type !== undefined) attributes["error.type"] = types.bounded(type)
  if (code !== undefined) attributes["rpc.response.status_code"] = codes.bounded(String(code))
  return attributes
}

/** What keeps measurements few where errors are made up by handlers, middleware or upstream servers. */
export interface EndBounds {
  readonly types: ReturnType<typeof texts>
  readonly codes: ReturnType<typeof texts>
}

export function endBounds(): EndBounds {
  return { types: texts(maxTypes), codes: texts(maxTypes) }
}

const maxTypes = 100

function shared({ call, target, server }: Subject): Attributes {
  const attributes: Attributes = {
    "mcp.protocol.version": call.peer.revision,
    "fleetmcp.server.name": server,
  }
  if (target.method === "tools/call") attributes["gen_ai.operation.name"] = "execute_tool"
  return Object.assign(attributes, network(call.exchange.transport))
}

function nameKey(method: string): string {
  return method === "tools/call" ? "gen_ai.tool.name" : "gen_ai.prompt.name"
}

/** @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/#recording-mcp-transport */
export function network(transport: string | undefined): Attributes | undefined {
  switch (transport) {
    case "http":
    case "sse":
      return { "network.transport": "tcp", "network.protocol.name": "http" }
    case "stdio":
      return { "network.transport": "pipe" }
    default:
      return undefined
  }
}

/** A session that nobody had to prove anything for is open to whoever knows its id: traces do not tell that. */
export function sessionOf({ peer, exchange }: Call): string | undefined {
  const id = exchange.session?.id
  return id === undefined || peer.principal !== undefined ? id : textHash(id)
}
