import { onTestFinished } from "vitest"
import { type FleetMCP, FleetMCP as Server } from "../../src/fleet-mcp.ts"
import type { FleetMCPOptions } from "../../src/fleet-mcp-options.ts"
import { type CacheOptions, cache, type ResponseCache } from "../../src/middleware/cache.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { type ConnectOptions, connect, type TestClient } from "../../src/testing/index.ts"

/** A server with a cache, whose clock stands still, and clients of it. */
export interface Cached {
  readonly mcp: FleetMCP
  readonly results: ResponseCache
  readonly log: LogRecord[]
  client(options?: ConnectOptions): Promise<TestClient>
  advance(ms: number): void
}

export function cached(options: CacheOptions, server: FleetMCPOptions = {}): Cached {
  let time = 1_800_000_000_000
  const log: LogRecord[] = []
  const results = cache({ now: () => time, ...options })
  const mcp = new Server("Cached", {
    version: "1.0.0",
    log: (record) => void log.push(record),
    ...server,
    middleware: [...(server.middleware ?? []), results],
  })
  onTestFinished(() => mcp.close({ graceMs: 0 }))
  return {
    mcp,
    results,
    log,
    async client(clientOptions) {
      const client = await connect(mcp, clientOptions)
      onTestFinished(() => client.close())
      return client
    },
    advance(ms) {
      time += ms
    },
  }
}

/** Adds a tool that counts how often it was run, and says so. */
export function counter(mcp: FleetMCP, name = "count"): { runs: number } {
  const state = { runs: 0 }
  mcp.tool({ name, input: { type: "object" } }, () => `${name} ${++state.runs}`)
  return state
}

/** Calls a tool for its text. */
export async function textOf(client: TestClient, name: string, args: object = {}): Promise<string> {
  const { content } = await client.callTool(name, args as { [name: string]: unknown })
  const [block] = content
  return block?.type === "text" ? block.text : JSON.stringify(content)
}
