import * as z from "zod"
import type { Tool } from "../../src/components/tool.ts"
import { FleetMCP } from "../../src/fleet-mcp.ts"
import type { FleetMCPOptions } from "../../src/fleet-mcp-options.ts"
import type { LogRecord } from "../../src/server/server-log.ts"

/** A server whose own log is kept to itself. */
export function quietServer(options: FleetMCPOptions<readonly Tool[]> = {}): FleetMCP<readonly Tool[]> {
  return new FleetMCP("Test", { version: "1.2.3", log: () => undefined, ...options })
}

/** A server and what it logs. */
export function loggedServer(options: FleetMCPOptions<readonly Tool[]> = {}): {
  readonly mcp: FleetMCP<readonly Tool[]>
  readonly log: LogRecord[]
} {
  const log: LogRecord[] = []
  // A machine that is busy with other tests blocks any handler: only those that ask for that warning get it.
  const own: FleetMCPOptions<readonly Tool[]> = { log: (record) => void log.push(record), blockedMs: false }
  return { mcp: quietServer({ ...own, ...options }), log }
}

/** A server with one component of every kind. */
export function fullServer(options: FleetMCPOptions<readonly Tool[]> = {}): FleetMCP<readonly Tool[]> {
  const mcp = quietServer(options)
  mcp.tool(
    { name: "add", description: "Adds", input: z.object({ a: z.number(), b: z.number() }) },
    ({ a, b }) => a + b,
  )
  mcp.tool({ name: "fail", description: "Fails" }, () => {
    throw new Error("it broke")
  })
  mcp.tool({ name: "nothing", description: "Returns nothing" }, () => undefined)
  mcp.resource({ uri: "config://settings", description: "Settings" }, () => ({ theme: "dark" }))
  mcp.resource(
    { uri: "users://{id}", description: "A user", complete: { id: ["alice", "albert", "bob"] } },
    ({ id }) => `user ${id}`,
  )
  mcp.prompt(
    {
      name: "review",
      description: "Reviews code",
      args: z.object({ code: z.string(), language: z.string().optional() }),
      complete: { language: ["typescript", "tcl", "python"] },
    },
    ({ code }) => `Review:\n${code}`,
  )
  return mcp
}
