import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { BodyAlreadyRead, BodyTooLarge } from "../errors/http.ts"
import { parsedBody, toStream } from "./node-body.ts"
import { cutIfStalled, type NodeChannel } from "./node-channel.ts"
import { leaves } from "./node-request.ts"
import { routeHeaders } from "./route-headers.ts"
import type { RouteHandler } from "./router.ts"

/** Runs a route's handler, which speaks `fetch`, for a request of `node:http`. */
export async function serveRoute(channel: NodeChannel, handler: RouteHandler): Promise<void> {
  const { req, res, site } = channel
  const { bodyLimit } = site.endpoint
  if (Number(req.headers["content-length"]) > bodyLimit) throw new BodyTooLarge(bodyLimit)
  const response = await handler(toRequest(channel))
  const isWanted = response.body !== null && req.method !== "HEAD"
  // The types of `node:stream/web` and of the platform describe the same class.
  const body = isWanted
    ? Readable.fromWeb(response.body as import("node:stream/web").ReadableStream)
    : undefined
  const headers = routeHeaders(site.endpoint, req.headers.origin, response.headers)
  const cookies = headers.getSetCookie()
  const own = Object.fromEntries(headers)
  res.writeHead(response.status, cookies.length === 0 ? own : { ...own, "set-cookie": cookies })
  if (body !== undefined) {
    cutIfStalled(res, site.endpoint.timeouts.send)
    return pipeline(body, res)
  }
  res.end()
  await response.body?.cancel()
}

function toRequest(channel: NodeChannel): Request {
  const { req } = channel
  const method = req.method ?? "GET"
  const hasBody = method !== "GET" && method !== "HEAD"
  const init = { method, headers: new Headers([...channel.entries()].map(([...pair]) => pair)) }
  const url = channel.externalUrl
  const signal = leaves(channel)
  if (!hasBody) return new Request(url, { ...init, signal })
  // `duplex` is part of the standard and not of the types.
  return new Request(url, { ...init, signal, body: bodyOf(channel), duplex: "half" } as RequestInit)
}

function bodyOf({ req, res, site }: NodeChannel): ReadableStream<Uint8Array<ArrayBuffer>> | string {
  if (!req.readableDidRead && !req.readableEnded) return toStream(req, res, site.endpoint.bodyLimit)
  const body = parsedBody(req)
  if (typeof body === "string") return body
  const isJson = req.headers["content-type"]?.includes("json") === true
  if (isJson && typeof body === "object") return JSON.stringify(body)
  throw new BodyAlreadyRead("node")
}
