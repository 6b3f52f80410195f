import type { FleetMCP } from "../../src/fleet-mcp.ts"
import { type Message, readMessage } from "./messages.ts"
import type { Fields, Rpc } from "./rpc.ts"
import { SseParser } from "./sse-parser.ts"

/** Whatever serves `fetch`. */
export type Served = Pick<FleetMCP, "fetch">

/** All that came back for one POST. */
export interface Posted extends Message {
  readonly status: number
  readonly headers: Headers
  /** What was sent ahead of the answer. */
  readonly notifications: readonly Message[]
}

/** Sends a request, and reads and checks all that comes back. */
export async function post(server: Served, rpc: Rpc, signal?: AbortSignal): Promise<Posted> {
  const response = await send(server, JSON.stringify(rpc.message), rpc.headers, signal)
  const { status, headers } = response
  const texts = await textsOf(response)
  const messages = texts.map((text) => readMessage(text, rpc.message.method))
  return { ...messages.at(-1), status, headers, notifications: messages.slice(0, -1) }
}

/** Sends a request and gives its result; fails where an error comes. */
export async function resultOf(server: Served, rpc: Rpc): Promise<Fields> {
  const { result, error } = await post(server, rpc)
  if (result === undefined) throw new Error(`Expected a result, got ${JSON.stringify(error)}`)
  return result
}

/** Sends a request and gives its error with the HTTP status; fails where a result comes. */
export async function errorOf(
  server: Served,
  rpc: Rpc,
): Promise<{
  readonly status: number
  readonly code: number
  readonly message: string
  readonly data?: Fields
}> {
  const { status, error, result } = await post(server, rpc)
  if (error === undefined) throw new Error(`Expected an error, got ${JSON.stringify(result)}`)
  return { status, ...error }
}

/** Sends a body as it is. */
// biome-ignore lint/complexity/useMaxParams: the four things a POST has.
export function send(
  server: Served,
  body: string,
  headers: { readonly [name: string]: string } = { "content-type": "application/json" },
  signal?: AbortSignal,
): Promise<Response> {
  const init = { method: "POST", body, headers, ...(signal === undefined ? undefined : { signal }) }
  return server.fetch(new Request("http://localhost/mcp", init))
}

async function textsOf(response: Response): Promise<readonly string[]> {
  const text = await response.text()
  if (text === "") return []
  if (response.headers.get("content-type") !== "text/event-stream") return [text]
  return new SseParser().push(text).map(({ data }) => data)
}
