/** The process that the fuzzer attacks: servers with something of everything, and what it says of itself. */
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { type AddressInfo, createServer } from "node:net"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { ContentLengthFraming } from "../../src/errors/stdio.ts"
import { FleetMCP } from "../../src/fleet-mcp.ts"
import type { FleetMCPOptions } from "../../src/fleet-mcp-options.ts"
import { serveHttp } from "../../src/http/node-runtime.ts"
import { createPrincipal, type Principal } from "../../src/protocol/principal.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { latestSessionRevision } from "../../src/spec/revisions.ts"
import { serveStdio } from "../../src/stdio/serve-stdio.ts"
import { countedSessions, type SessionCounts } from "../support/counted-sessions.ts"
import { fetchListener } from "../support/fetch-listener.ts"
import { register } from "./components.ts"
import { maxLine } from "./lines-plan.ts"

/** What the process says of itself when it is asked. */
export interface Stats {
  /** Bytes of the heap and of buffers in use, after a collection. */
  readonly memory: number
  readonly connections: number
  /** What is held for sessions. */
  readonly held: SessionCounts
  /** The longest the event loop was held up since it was last asked, in milliseconds. */
  readonly heldUpMs: number
  /** Things that must not happen: errors nobody expected, changed prototypes. */
  readonly complaints: readonly string[]
}

/** Where the process can be attacked. */
export interface Ports {
  /** Those of the stateless era: `node:http`, the same with credentials, `fetch`. */
  readonly requests: readonly number[]
  /** Lines over a socket. */
  readonly lines: number
  /** Those with sessions of two principals: `node:http`, `fetch`. */
  readonly sessions: readonly number[]
}

export type Question = "stats" | "age"
export type Report = { readonly ready: Ports } | { readonly stats: Stats }

const complaints: string[] = []
process.on("uncaughtException", (error) => complain("uncaughtException", error))
process.on("unhandledRejection", (error) => complain("unhandledRejection", error))

const timeouts = { head: 2000, request: 3000, idle: 30_000, send: 2000 }
const http = {
  timeouts,
  // A comment is how a server learns that nobody is there whose requests wait behind a stream.
  keepAliveMs: 500,
  cors: { origins: ["https://app.example"] },
  routes: {
    "POST /echo": async (request: Request) => new Response(await request.text()),
    "GET /boom": () => Promise.reject(new TypeError("boom")),
    "POST /boom": () => Promise.reject(new TypeError("boom")),
  },
}

const anyone = await createPrincipal({ subject: "anyone" })
const ann = await createPrincipal({ subject: "ann", scopes: ["admin"] })
const open = server({ http })
const guarded = server({
  http,
  pageSize: 2,
  maskErrors: true,
  auth: {
    authenticate({ headers }) {
      const token = headers.get("authorization")
      if (token === undefined) return anyone
      if (token !== "Bearer good") return { status: 401, headers: { "www-authenticate": "Bearer" } }
      return ann
    },
  },
})

/** How many milliseconds later than now it is for sessions. */
let aged = 0
const { sessions, counts } = countedSessions({ now: () => Date.now() + aged })
const bearers: ReadonlyMap<string, Principal> = new Map(
  await Promise.all(
    ["ann", "ben"].map(async (name) => [`Bearer ${name}`, await createPrincipal({ subject: name })] as const),
  ),
)
const remembering = server({
  http: { ...http, sessions },
  askTimeout: 300,
  auth: {
    authenticate: ({ headers }) =>
      bearers.get(headers.get("authorization") ?? "") ?? {
        status: 401,
        headers: { "www-authenticate": "Bearer" },
      },
  },
})
const speaking = server({ timeout: 200, askTimeout: 200 })

const ports: Ports = {
  requests: await Promise.all([open.node, guarded.node, fetchListener(open.fetch)].map(listen)),
  lines: await listenForLines(speaking),
  sessions: await Promise.all([remembering.node, fetchListener(remembering.fetch)].map(listen)),
}
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

process.on("message", (question: Question) => {
  if (question === "age") age()
  stats().then((own) => report({ stats: own }))
})
process.on("disconnect", () => process.exit(0))
report({ ready: ports })

function server(options: FleetMCPOptions): FleetMCP {
  const mcp = new FleetMCP("fuzz", { timeout: 1000, lenient: true, ...options, log: examine })
  return register(mcp)
}

/** Errors of handlers are what handlers are for; those of the server itself are not. */
function examine({ message, error }: LogRecord): void {
  const isOfHandler = !/^Error in `|^Error answering/.test(message)
  if (!isOfHandler && !(error instanceof TypeError && error.message === "boom")) complain(message, error)
}

function complain(what: string, error: unknown): void {
  const text = error instanceof Error ? error.stack : String(error)
  if (complaints.length < 20) complaints.push(`${what}: ${text}`)
}

async function listen(listener: (req: IncomingMessage, res: ServerResponse) => void): Promise<number> {
  const { port } = await serveHttp(listener, { port: 0, host: "127.0.0.1", path: "/mcp", timeouts })
  return port
}

/** Takes lines over sockets, as over standard input and output. */
async function listenForLines(mcp: FleetMCP): Promise<number> {
  await mcp.start()
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    serveStdio(mcp.handler, { input: socket, output: socket, maxMessageSize: maxLine, log: examineLine })
  }).listen(0, "127.0.0.1")
  await once(listener, "listening")
  // Listening on a port, it has an address with one.
  return (listener.address() as AddressInfo).port
}

function examineLine({ message, error }: LogRecord): void {
  if (!(error instanceof ContentLengthFraming)) complain(message, error)
}

/** Lets so much time pass for sessions that those which are not used are forgotten. */
function age(): void {
  aged += 3_600_000
  // They are looked for when another is opened.
  const owner = "nobody"
  const session = { id: "last", owner, revision: latestSessionRevision, capabilities: {}, subscriptions: [] }
  sessions.store.create({ ...session, info: undefined, logLevel: undefined })
  sessions.store.delete(session.id)
}

async function stats(): Promise<Stats> {
  const heldUpMs = delay.max / 1e6
  // With --expose-gc it is there.
  ;(globalThis as { gc?: () => void }).gc?.()
  delay.reset()
  const { heapUsed, external } = process.memoryUsage()
  const connections = process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length
  if (Object.keys(Object.prototype).length > 0 || Object.keys(Array.prototype).length > 0)
    complain("a prototype was changed", JSON.stringify(Object.prototype))
  return {
    memory: heapUsed + external,
    connections,
    held: await counts(),
    heldUpMs,
    complaints: complaints.splice(0),
  }
}

function report(own: Report): void {
  process.send?.(own)
}
