import type { IncomingMessage, ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { FetchHandler } from "../../src/http/handler.ts"
import { toStream } from "../../src/http/node-body.ts"
import { whenGone } from "../../src/http/node-gone.ts"

/** Serves the fetch entry on sockets, with as little between as can be: what a platform does. */
export function fetchListener(fetch: FetchHandler): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    req.on("error", ignore)
    res.on("error", ignore)
    forward(fetch, req, res).catch(() => res.destroy())
  }
}

async function forward(fetch: FetchHandler, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const gone = new AbortController()
  whenGone({ req, res }, () => gone.abort())
  const request = toRequest(req, res, gone.signal)
  const { status, headers, body } = request === undefined ? unreadable() : await fetch(request)
  res.writeHead(status, Object.fromEntries(body === null ? [["content-length", "0"], ...headers] : headers))
  if (body === null) {
    res.end()
    return
  }
  // Its client is to see the stream open before there is anything in it.
  res.flushHeaders()
  // The types of `node:stream/web` and of the platform describe the same class.
  await pipeline(Readable.fromWeb(body as import("node:stream/web").ReadableStream), res)
}

function unreadable(): Response {
  return new Response(null, { status: 400, headers: { connection: "close" } })
}

/** What a platform makes of a request before it hands it on; `undefined` where it would refuse it. */
function toRequest(req: IncomingMessage, res: ServerResponse, signal: AbortSignal): Request | undefined {
  const { method = "GET", url = "/", headers } = req
  const base = `http://${headers.host}`
  if (!URL.canParse(url, base) || method === "TRACE") return undefined
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
  const hasBody = method !== "GET" && method !== "HEAD"
  const body = hasBody ? toStream(req, res, Number.POSITIVE_INFINITY) : null
  // `duplex` is part of the standard and not of the types.
  return new Request(new URL(url, base), {
    method,
    headers: pairs,
    body,
    signal,
    duplex: "half",
  } as RequestInit)
}

function ignore(): void {
  // What it means for the request is heard from `close`.
}
