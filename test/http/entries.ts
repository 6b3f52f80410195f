import { once } from "node:events"
import { createServer, type IncomingMessage, request as nodeRequest, type RequestOptions } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { afterEach, beforeEach, describe, expect, onTestFinished } from "vitest"
import type { FetchHandler } from "../../src/http/handler.ts"
import type { NodeListener } from "../../src/http/node.ts"
import type { HttpRequest } from "./messages.ts"

/** Both ways to serve one thing. */
export interface Served {
  readonly fetch: FetchHandler
  readonly node: NodeListener
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON. */
  readonly json: JsonBody
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
type JsonBody = any

/** An answer that is still coming. */
export interface OpenAnswer {
  readonly status: number
  readonly headers: Headers
  /** Resolves to the next piece of text, or `undefined` at the end. */
  next(): Promise<string | undefined>
  /** Reads on until what was read in all matches. */
  until(pattern: RegExp): Promise<string>
  /** Goes away without reading the rest. */
  leave(): void
}

/** A request that was sent, perhaps without an answer yet. */
export interface Started {
  readonly answer: Promise<OpenAnswer>
  /** Goes away without waiting for the answer. */
  leave(): void
}

/** One of the entries, serving. */
export interface Entry {
  readonly name: "node" | "fetch"
  start(request: HttpRequest): Started
  send(request: HttpRequest): Promise<Answer>
  open(request: HttpRequest): Promise<OpenAnswer>
}

export type Serve = (served: Served) => Promise<Entry>

/** Declares the same tests for `node:http`, over real sockets, and for `fetch`, directly. */
export function describeEntries(title: string, define: (serve: Serve, name: Entry["name"]) => void): void {
  describe(`${title}: node`, () => {
    trapErrors()
    define(serveNode, "node")
  })
  describe(`${title}: fetch`, () => {
    trapErrors()
    define(({ fetch }) => Promise.resolve(fetchEntry(fetch)), "fetch")
  })
}

/** Fails each test in which something was thrown or rejected that nobody handled. */
export function trapErrors(): void {
  const errors: unknown[] = []
  const trap = (error: unknown) => void errors.push(error)
  beforeEach(() => {
    errors.length = 0
    process.on("uncaughtException", trap)
    process.on("unhandledRejection", trap)
  })
  afterEach(async () => {
    await turn()
    process.off("uncaughtException", trap)
    process.off("unhandledRejection", trap)
    expect(errors).toEqual([])
  })
}

/** Lets all that is ready to run, run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Serves a listener until the test ends and returns its port. */
export async function listen(listener: NodeListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  // Listening on a port, it has an address with one.
  return (server.address() as AddressInfo).port
}

async function serveNode({ node }: Served): Promise<Entry> {
  const port = await listen(node)
  return entry("node", (request) => startNode(port, request))
}

function entry(name: Entry["name"], start: Entry["start"]): Entry {
  const open = (request: HttpRequest) => start(request).answer
  return { name, start, open, send: async (request) => whole(await open(request)) }
}

/** Sends one request to a port, on a connection of its own. */
export function startNode(port: number, request: HttpRequest): Started {
  const { method = "GET", path = "/mcp", headers = {}, body } = request
  const options: RequestOptions = { host: "127.0.0.1", port, method, path, agent: false }
  const req = nodeRequest({ ...options, headers: present({ ...lengthOf(body), ...headers }) })
  const answered = once(req, "response") as Promise<[IncomingMessage]>
  req.on("error", () => undefined)
  if (body instanceof ReadableStream) {
    req.flushHeaders()
    Readable.fromWeb(body as import("node:stream/web").ReadableStream).pipe(req)
  } else req.end(body)
  const leave = () => void req.destroy()
  return { leave, answer: answered.then(([res]) => openNode(res, leave)) }
}

function openNode(res: IncomingMessage, leave: () => void): OpenAnswer {
  res.on("error", () => undefined)
  const chunks = res.setEncoding("utf8")[Symbol.asyncIterator]() as AsyncIterator<string>
  const pairs = Object.entries(res.headers).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  )
  return reading({
    status: res.statusCode ?? 0,
    headers: new Headers(pairs),
    next: async () => (await chunks.next()).value,
    leave,
  })
}

/** Calls `fetch` itself, without sockets. */
export function fetchEntry(fetch: FetchHandler): Entry {
  return entry("fetch", (request) => {
    const { method = "GET", path = "/mcp", headers = {}, body } = request
    const gone = new AbortController()
    const init = { method, headers: present({ ...lengthOf(body), ...headers }), signal: gone.signal }
    const withBody = body === undefined ? init : { ...init, body, duplex: "half" }
    // `duplex` is part of the standard and not of the types.
    const answered = fetch(new Request(`http://127.0.0.1:3000${path}`, withBody as RequestInit))
    return { leave: () => gone.abort(), answer: answered.then((response) => openFetch(response, gone)) }
  })
}

function openFetch(response: Response, gone: AbortController): OpenAnswer {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  return reading({
    status: response.status,
    headers: response.headers,
    next: async () => (await reader?.read())?.value,
    leave: () => {
      gone.abort()
      reader?.cancel().catch(() => undefined)
    },
  })
}

function reading(answer: Omit<OpenAnswer, "until">): OpenAnswer {
  return {
    ...answer,
    until: async (pattern) => {
      let text = ""
      while (!pattern.test(text)) {
        const chunk = await answer.next()
        if (chunk === undefined) throw new Error(`the stream ended after: ${text}`)
        text += chunk
      }
      return text
    },
  }
}

async function whole({ status, headers, next }: OpenAnswer): Promise<Answer> {
  let text = ""
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) text += chunk
  return {
    status,
    headers,
    text,
    get json() {
      return JSON.parse(text)
    },
  }
}

function lengthOf(body: HttpRequest["body"]): { readonly "content-length"?: string } {
  if (body === undefined || body instanceof ReadableStream) return {}
  return { "content-length": String(Buffer.byteLength(body)) }
}

function present(headers: NonNullable<HttpRequest["headers"]>): { readonly [name: string]: string } {
  const entries = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(entries)
}
