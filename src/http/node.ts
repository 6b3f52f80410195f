import type { IncomingMessage, ServerResponse } from "node:http"
import { BodyAlreadyRead } from "../errors/http.ts"
import { type Authenticator, isRefusal } from "../server/authenticator.ts"
import { admit, type Head } from "./admit.ts"
import { bodyTooLarge, contentTypeProblem, notJson, refusalAnswer } from "./answer.ts"
import type { Endpoint } from "./endpoint.ts"
import { KeepAlive } from "./keep-alive.ts"
import { fail, writeAnswer, writeReply } from "./node-answer.ts"
import { parsedBody, readBody, toText } from "./node-body.ts"
import { NodeChannel, type NodeSite } from "./node-channel.ts"
import { serveRoute, targetOf, urlOf } from "./node-route.ts"

/** A request listener of `node:http`. */
export type NodeListener = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Makes the listener that serves an endpoint on `node:http`, without the objects that `fetch` would need.
 */
export function createNodeListener(endpoint: Endpoint): NodeListener {
  const site: NodeSite = { endpoint, keepAlive: new KeepAlive(endpoint) }
  return (req, res) => {
    // Before anything is awaited: an error event nobody listens to would end the process.
    req.on("error", ignore)
    res.on("error", ignore)
    const channel = new NodeChannel(site, req, res)
    try {
      serve(channel)
    } catch (error) {
      fail(channel, error)
    }
  }
}

function serve(channel: NodeChannel): void {
  const { req, site } = channel
  const { endpoint } = site
  const isMessage = req.method === "POST" && req.url === endpoint.path
  if (!isMessage || endpoint.guard(req.headers.host, req.headers.origin) !== undefined) {
    const admission = admit(endpoint, headOf(channel))
    if (admission.kind === "answer") return writeAnswer(channel, admission.answer)
    if (admission.kind === "route") {
      serveRoute(channel, admission.handler).catch((error) => fail(channel, error))
      return
    }
  }
  if (endpoint.authenticator === undefined) return receive(channel)
  identify(channel, endpoint.authenticator).catch((error) => fail(channel, error))
}

/** Finds out who is calling, then goes on or turns them away. */
async function identify(channel: NodeChannel, authenticator: Authenticator): Promise<void> {
  const { req, res, site } = channel
  const controller = new AbortController()
  res.once("close", () => controller.abort())
  const caller = await authenticator.authenticate({
    method: req.method ?? "POST",
    externalUrl: urlOf(site.endpoint, channel),
    headers: channel,
    signal: controller.signal,
  })
  if (isRefusal(caller)) return writeAnswer(channel, refusalAnswer(caller))
  channel.principal = caller
  receive(channel)
}

function receive(channel: NodeChannel): void {
  const { req, site } = channel
  const { bodyLimit } = site.endpoint
  const problem = contentTypeProblem(req.headers["content-type"])
  if (problem !== undefined) return writeAnswer(channel, problem)
  // Only what has arrived whole can have been read by a framework before us.
  if (req.complete && (req.readableEnded || req.readableDidRead)) return receiveParsed(channel)
  if (Number(req.headers["content-length"]) > bodyLimit) return writeAnswer(channel, bodyTooLarge(bodyLimit))
  readBody(req, bodyLimit, {
    read: (text) => parse(channel, text),
    tooLarge: () => writeAnswer(channel, bodyTooLarge(bodyLimit)),
  })
}

function receiveParsed(channel: NodeChannel): void {
  const body = parsedBody(channel.req)
  if (typeof body === "string") return parse(channel, body)
  if (body instanceof Uint8Array) return parse(channel, toText(Buffer.from(body)))
  if (typeof body !== "object" || body === null) throw new BodyAlreadyRead("node")
  answer(channel, body)
}

function parse(channel: NodeChannel, text: string): void {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch (cause) {
    return writeAnswer(channel, notJson(cause))
  }
  answer(channel, message)
}

function answer(channel: NodeChannel, message: unknown): void {
  // Called from an event: what is thrown here would end the process.
  try {
    const reply = channel.site.endpoint.handler.handle(message, channel)
    if (!(reply instanceof Promise)) return writeReply(channel, reply)
    reply.then((settled) => writeReply(channel, settled)).catch((error) => fail(channel, error))
  } catch (error) {
    fail(channel, error)
  }
}

function headOf(channel: NodeChannel): Head {
  const { req } = channel
  const { host, target } = targetOf(req)
  const path = pathOf(target)
  const own = req.url?.startsWith("/") ? pathOf(req.url) : path
  return {
    method: req.method ?? "GET",
    path: own,
    fullPath: path === own ? undefined : path,
    host,
    origin: req.headers.origin,
    header: (name) => channel.get(name),
  }
}

function pathOf(target: string): string {
  const end = target.indexOf("?")
  return end === -1 ? target : target.slice(0, end)
}

function ignore(): void {
  // What it means for the request is heard from `close`.
}
