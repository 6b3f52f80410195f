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
export function spanAttributes({ call, target, server }: Subject, isPrincipalShown: boolean): Attributes {
  const { method, id, params, peer, round } = call
  const { name, uri } = params
  const isNamed = method === "tools/call" || method === "prompts/get"
  const session = sessionOf(call)
  return {
    ...shared({ call, target, server }),
    "mcp.method.name": target.method === "_OTHER" ? shown(method) : method,
    ...(isNamed && typeof name === "string" ? { [nameKey(method)]: shown(name) } : undefined),
    ...(typeof uri === "string" ? { "mcp.resource.uri": shown(uri, 2048) } : undefined),
    ...(id === undefined ? undefined : { "jsonrpc.request.id": shown(String(id)) }),
    ...(session === undefined ? undefined : { "mcp.session.id": session }),
    ...(round === 0 ? undefined : { "fleetmcp.round": round }),
    ...(isPrincipalShown && peer.principal !== undefined
      ? { "enduser.id": peer.principal.subject ?? peer.principal.clientId ?? peer.principal.key }
      : undefined),
  }
}

/** What the measurements of calls are told apart by: values of which there are few. */
export function metricAttributes(subject: Subject): Attributes {
  const { method, name } = subject.target
  return {
    ...shared(subject),
    "mcp.method.name": method,
    ...(name === undefined ? undefined : { [nameKey(method)]: name }),
  }
}

/** What is added to both when the call has ended. */
export function endAttributes(ending: Ending, bounds: EndBounds): Attributes {
  const { outcome, type, code } = ending
  return {
    "fleetmcp.outcome": outcome,
    ...(type === undefined ? undefined : { "error.type": bounds.types.bounded(type) }),
    ...(code === undefined ? undefined : { "rpc.response.status_code": bounds.codes.bounded(String(code)) }),
  }
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
  return {
    "mcp.protocol.version": call.peer.revision,
    "fleetmcp.server.name": server,
    ...(target.method === "tools/call" ? { "gen_ai.operation.name": "execute_tool" } : undefined),
    ...network(call.exchange.transport),
  }
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
