import type { IncomingMessage, ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { Endpoint } from "./endpoint.ts"
import type { RouteHandler } from "./router.ts"

/** Runs a route's handler, which speaks `fetch`, for a request of `node:http`. */
export async function serveRoute(
  endpoint: Endpoint,
  handler: RouteHandler,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const response = await handler(toRequest(endpoint, req))
  const headers = Object.fromEntries(response.headers)
  const cookies = response.headers.getSetCookie()
  res.writeHead(response.status, cookies.length === 0 ? headers : { ...headers, "set-cookie": cookies })
  if (response.body === null || req.method === "HEAD") res.end()
  else await pipeline(Readable.fromWeb(response.body as import("node:stream/web").ReadableStream), res)
}

/** The URL of a request as its client wrote it. */
export function externalUrl(endpoint: Endpoint, req: IncomingMessage): URL {
  // The host passed the guard, so it cannot break the URL.
  const base = endpoint.publicUrl ?? `http://${req.headers.host ?? "localhost"}`
  return URL.canParse(req.url ?? "/", base) ? new URL(req.url ?? "/", base) : new URL(base)
}

function toRequest(endpoint: Endpoint, req: IncomingMessage): Request {
  const method = req.method ?? "GET"
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value)
  }
  const hasBody = method !== "GET" && method !== "HEAD"
  const body = hasBody ? (Readable.toWeb(req) as ReadableStream<Uint8Array>) : null
  return new Request(externalUrl(endpoint, req), {
    method,
    headers,
    body,
    ...(hasBody ? { duplex: "half" } : undefined),
  } as RequestInit)
}
