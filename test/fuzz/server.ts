/** The process that the fuzzer attacks: servers with something of everything, and what it says of itself. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { FleetMCP } from "../../src/fleet-mcp.ts"
import type { FleetMCPOptions } from "../../src/fleet-mcp-options.ts"
import { serveHttp } from "../../src/http/node-runtime.ts"
import { createPrincipal } from "../../src/protocol/principal.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { fetchListener } from "../support/fetch-listener.ts"
import { register } from "./components.ts"

/** What the process says of itself when it is asked. */
export interface Stats {
  /** Bytes of the heap and of buffers in use, after a collection. */
  readonly memory: number
  readonly connections: number
  /** The longest the event loop was held up since it was last asked, in milliseconds. */
  readonly heldUpMs: number
  /** Things that must not happen: errors nobody expected, changed prototypes. */
  readonly complaints: readonly string[]
}

export type Report = { readonly ready: readonly number[] } | { readonly stats: Stats }

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

const listeners = [open.node, guarded.node, fetchListener(open.fetch)]
const serving = await Promise.all(listeners.map((listener) => listen(listener)))
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

process.on("message", (question) => {
  if (question === "stats") stats().then((own) => report({ stats: own }))
  else process.exit(0)
})
process.on("disconnect", () => process.exit(0))
report({ ready: serving.map(({ port }) => port) })

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

async function listen(listener: (req: IncomingMessage, res: ServerResponse) => void) {
  return serveHttp(listener, { port: 0, host: "127.0.0.1", path: "/mcp", timeouts })
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
  return { memory: heapUsed + external, connections, heldUpMs, complaints: complaints.splice(0) }
}

function report(own: Report): void {
  process.send?.(own)
}
