import { type Message, rightHeaders, rightMessage } from "./corpus.ts"
import { mutateBytes, mutateJson, mutateString } from "./mutate.ts"
import type { Random } from "./random.ts"
import { hostileString, type Json, toText } from "./values.ts"

/** One request of a plan. */
export interface Planned {
  readonly bytes: Buffer
  /** Whether it is whole as HTTP, so that exactly one answer is due. */
  readonly isWhole: boolean
  /** Whether it asks to close the connection. */
  readonly isLast: boolean
  /** Whether the answer has no body whatever its headers say. */
  readonly isHead: boolean
  /** Whether it goes where things are meant to fail. */
  readonly mayFail: boolean
}

/** What happens on one connection. */
export interface Plan {
  readonly requests: readonly Planned[]
  /** Whether requests go out without waiting for answers. */
  readonly isPipelined: boolean
  /** Where the bytes of each write end, as shares of all; the rest goes out last. */
  readonly cuts: readonly number[]
  /** How the connection ends: with all answers, by leaving early, or by never finishing. */
  readonly ending: "read" | "leave" | "stall"
}

type Headers = [name: string, value: string][]

/** Makes up a connection. The same chance makes the same plan. */
export function makePlan(random: Random): Plan {
  const count = random.weighted<number>([
    [2, () => 1],
    [6, () => 2 + random.below(6)],
    [1, () => 20],
  ])
  const requests: Planned[] = []
  for (let id = 1; id <= count; id++) requests.push(makeRequest(random, id))
  // What comes after something broken is part of it, and after a last request nothing may come.
  const last = requests.findIndex(({ isWhole, isLast }) => !isWhole || isLast)
  return {
    requests: last === -1 ? requests : requests.slice(0, last + 1),
    isPipelined: random.chance(0.3),
    cuts: random.chance(0.3) ? Array.from({ length: 1 + random.below(6) }, () => random.next()).sort() : [],
    ending: random.weighted([
      [60, () => "read"],
      [3, () => "leave"],
      [0.05, () => "stall"],
    ]),
  }
}

function makeRequest(random: Random, id: number): Planned {
  const message = rightMessage(random, id)
  const method = random.weighted<string>([
    [40, () => "POST"],
    [1, () => random.pick(["GET", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "TRACE"])],
  ])
  const path = random.weighted<string>([
    [40, () => "/mcp"],
    [
      2,
      () =>
        random.pick([
          "/mcp?x=1",
          "/mcp/",
          "//mcp",
          "/",
          "/health",
          "/echo",
          "/boom",
          "/%",
          "/mcp#x",
          "http://127.0.0.1/mcp",
          "*",
        ]),
    ],
  ])
  const changed = changedMessage(random, message)
  // Where the headers agree with what was changed, it gets further in.
  const headers = mutatedHeaders(random, rightHeaders(random.chance(0.7) ? changed : message))
  const body = Buffer.from(bodyText(random, changed))
  const whole = frame(random, { start: `${method} ${path} HTTP/1.1`, headers, body })
  const bytes = random.chance(0.08) ? mutateBytes(random, whole) : whole
  return {
    bytes,
    isWhole: bytes === whole && isPlainHead(whole),
    isLast: headers.some(([name, value]) => name === "connection" && value === "close"),
    isHead: method === "HEAD",
    mayFail: path === "/boom",
  }
}

function changedMessage(random: Random, message: Message): Json {
  let value: Json = message
  const changes = random.weighted([
    [4, () => 0],
    [4, () => 1],
    [2, () => 2 + random.below(3)],
  ])
  for (let change = 0; change < changes; change++) value = mutateJson(random, value)
  return value
}

function bodyText(random: Random, message: Json): string {
  const text = toText(message)
  if (random.chance(0.01)) return batchText(random, text)
  return random.chance(0.02) ? mutateString(random, text) : text
}

/** Many of the same in an array, but no more than a connection carries in a moment. */
function batchText(random: Random, text: string): string {
  const count = Math.min(random.pick([0, 1, 50, 1000]), Math.ceil(1_000_000 / text.length))
  return `[${Array.from({ length: count }, () => text).join(",")}]`
}

function mutatedHeaders(random: Random, headers: Headers): Headers {
  const changes = random.weighted([
    [6, () => 0],
    [3, () => 1],
    [1, () => 3],
  ])
  for (let change = 0; change < changes; change++) mutateHeader(random, headers)
  return headers
}

function mutateHeader(random: Random, headers: Headers): void {
  const index = random.below(headers.length)
  const [name, value] = headers[index] ?? ["x", "y"]
  const change = random.weighted<() => unknown>([
    [4, () => () => headers.splice(index, 1, [name, printable(mutateString(random, value))])],
    [2, () => () => headers.splice(index, 1)],
    [1, () => () => headers.splice(index, 1, [name.toUpperCase(), ` \t${value}  `])],
    [1, () => () => headers.push([name, printable(hostileString(random))])],
    [1, () => () => headers.push(["host", random.pick(hosts)])],
    [2, () => () => headers.splice(0, 1, ["host", random.pick(hosts)])],
    [2, () => () => headers.push(["origin", random.pick(origins)])],
    [
      1,
      () => () =>
        headers.push(["authorization", random.pick(["Bearer good", "Bearer bad", "Bearer", "x", ""])]),
    ],
    [1, () => () => headers.push(random.pick(oddHeaders))],
    [0.3, () => () => headers.push(["x-large", "x".repeat(random.pick([1000, 10_000, 17_000]))])],
  ])
  change()
}

const hosts = [
  "localhost",
  "[::1]:80",
  "evil.example",
  "a b",
  "[::1",
  "%",
  "a:99999",
  "<>",
  "",
  "localhost:99999",
]
const origins = [
  "http://localhost",
  "https://app.example",
  "https://evil.example",
  "null",
  "",
  "://",
  "http://a b",
]

const oddHeaders: readonly [string, string][] = [
  ["expect", "100-continue"],
  ["expect", "x"],
  ["connection", "close"],
  ["connection", "upgrade"],
  ["upgrade", "websocket"],
  ["mcp-session-id", "x"],
  ["last-event-id", "1"],
  ["access-control-request-headers", "mcp-param-x, x"],
  ["content-encoding", "gzip"],
  ["cookie", "a=b"],
  ["te", "trailers"],
]

/** What a header may hold: the rest would make the request broken by accident. */
function printable(text: string): string {
  return text.replace(/[^\t\x20-\x7e]/g, "?")
}

/** Whether `node:http` will take the head, as far as can be told from outside. */
function isPlainHead(bytes: Buffer): boolean {
  const head = bytes.subarray(0, bytes.indexOf("\r\n\r\n")).toString("latin1").toLowerCase()
  const isSmall = head.length < 15_000
  // Those change what comes after the head, or whether there is an answer at all.
  return (
    isSmall &&
    head.includes("\r\nhost:") &&
    !/\r\n(expect|upgrade):|\r\nconnection: upgrade|^\S+ \* /.test(head)
  )
}

interface Parts {
  readonly start: string
  readonly headers: Headers
  readonly body: Buffer
}

/** Writes a request with a declared length or in chunks. */
function frame(random: Random, { start, headers, body }: Parts): Buffer {
  const isChunked = random.chance(0.15)
  const framing = isChunked ? "transfer-encoding: chunked" : `content-length: ${body.length}`
  const lines = [start, ...headers.map(([name, value]) => `${name}: ${value}`), framing]
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1")
  return Buffer.concat([head, ...(isChunked ? chunks(random, body) : [body])])
}

function chunks(random: Random, body: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, 1 + random.below(Math.max(1, body.length)))
    const extension = random.chance(0.1) ? ";x=y" : ""
    pieces.push(
      Buffer.from(`${size.toString(16)}${extension}\r\n`),
      body.subarray(at, at + size),
      Buffer.from("\r\n"),
    )
    at += size
  }
  const trailer = random.chance(0.1) ? "x-trailer: y\r\n" : ""
  return [...pieces, Buffer.from(`0\r\n${trailer}\r\n`)]
}
