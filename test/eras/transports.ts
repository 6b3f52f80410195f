import { PassThrough } from "node:stream"
import { onTestFinished } from "vitest"
import type { FleetMCP, FleetMCPOptions } from "../../src/index.ts"
import { serveStdio } from "../../src/stdio/serve-stdio.ts"
import type { TestTarget } from "../../src/testing/connect.ts"
import type { ConnectOptions } from "../../src/testing/index.ts"
import { listen } from "../http/entries.ts"
import { fetchListener } from "../support/fetch-listener.ts"
import { overHttp } from "./over-http.ts"
import { overLines } from "./over-lines.ts"

/** What tells transports apart for a client. */
export type TransportKind = "memory" | "lines" | "http" | "http without sessions"

/** A way between a client and a server. */
export interface Transport {
  readonly name: string
  readonly kind: TransportKind
  /** Stands for the server at the other end of a way to it, which its first request starts. */
  readonly reach: (mcp: FleetMCP) => Promise<TestTarget>
  /** What a server is told that is reached so. */
  readonly server?: FleetMCPOptions
  /** What a client is told that goes there so. */
  readonly client?: ConnectOptions
}

// Over HTTP each request of the stateless revision has headers that repeat it.
const client: ConnectOptions = { headers: {} }

/** What needs no carrying: for what is the same wherever it goes. */
export const memory: Transport = { name: "memory", kind: "memory", reach: async (mcp) => mcp }

const lines: Transport = {
  name: "lines",
  kind: "lines",
  async reach(mcp) {
    const input = new PassThrough()
    const output = new PassThrough()
    const running = serveStdio(mcp.handler, { log: () => undefined, input, output })
    onTestFinished(() => running.close(0))
    return { handler: overLines({ input, output }), start: async () => undefined }
  },
}

const http = { kind: "http", client } as const
const node: Transport = { ...http, name: "node:http", reach: (mcp) => atPort(mcp.node) }
const fetch: Transport = { ...http, name: "fetch", reach: (mcp) => atPort(fetchListener(mcp.fetch)) }

/** Those on which clients of every era are known from one request to the next. */
export const transports: readonly Transport[] = [memory, lines, node, fetch]

const forgetful = { kind: "http without sessions", server: { http: { sessions: "none" } } } as const

/** All of them, also those that serve older clients without sessions. */
export const everyTransport: readonly Transport[] = [
  ...transports,
  { ...node, ...forgetful, name: "node:http without sessions" },
  { ...fetch, ...forgetful, name: "fetch without sessions" },
]

async function atPort(listener: FleetMCP["node"]): Promise<TestTarget> {
  const port = await listen(listener)
  return { handler: overHttp(`http://127.0.0.1:${port}/mcp`), start: async () => undefined }
}
