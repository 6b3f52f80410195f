import type { IncomingMessage } from "node:http"
import type { HeaderBag } from "../protocol/transport.ts"
import type { Head } from "./admit.ts"
import type { Endpoint } from "./endpoint.ts"
import { externalUrl } from "./external-url.ts"
import { type Pair, whenGone } from "./node-gone.ts"

/** The head of a request, with what frameworks did to its path. */
export function headOf(channel: Pair & HeaderBag): Head {
  const { req } = channel
  const { host, target } = targetOf(req)
  const fullPath = pathOf(target)
  const path = req.url?.startsWith("/") ? pathOf(req.url) : fullPath
  return {
    method: req.method ?? "GET",
    path,
    fullPath: fullPath === path ? undefined : fullPath,
    host,
    origin: req.headers.origin,
    header: (name) => channel.get(name),
  }
}

/**
 * Whether a request names two hosts: what stands before us may have gone by the other one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n]
    // Lengths first: nearly all names differ by that.
    if (name?.length === 4 && name.toLowerCase() === "host") hosts++
  }
  return hosts > 1
}

/** The URL of a request as its client wrote it. */
export function urlOf(req: IncomingMessage, endpoint: Endpoint): URL {
  const { host, target } = targetOf(req)
  const scheme = "encrypted" in req.socket ? "https" : "http"
  // The host passed the guard, so it can stand in a URL.
  return externalUrl(endpoint, `${scheme}://${host ?? "localhost"}`, target)
}

/** Aborted when the client goes away before its answer. */
export function leaves(pair: Pair): AbortSignal {
  const controller = new AbortController()
  whenGone(pair, () => controller.abort())
  return controller.signal
}

/** What a request is sent to: the host, and the path with the query. */
function targetOf(req: IncomingMessage): { readonly host: string | undefined; readonly target: string } {
  // Frameworks take the prefix under which they mount us off `url` and keep the whole here.
  const { originalUrl } = req as { readonly originalUrl?: unknown }
  const url = typeof originalUrl === "string" ? originalUrl : (req.url ?? "/")
  const named = req.headers.host ?? authorityOf(req)
  if (url.startsWith("/")) return { host: named, target: url }
  // RFC 9112 section 3.2.2: the absolute form must be taken, and its host counts.
  const [, host, target] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? []
  return { host: host ?? named, target: target?.startsWith("/") ? target : `/${target ?? ""}` }
}

/** What HTTP/2 has in place of `Host`: its clients send one of the two. */
function authorityOf({ headers }: IncomingMessage): string | undefined {
  const authority = headers[":authority"]
  return typeof authority === "string" ? authority : undefined
}

function pathOf(target: string): string {
  const end = target.indexOf("?")
  return end === -1 ? target : target.slice(0, end)
}
