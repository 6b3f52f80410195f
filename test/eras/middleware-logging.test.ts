import { expect, it } from "vitest"
import { type CallRecord, logging, structuredLogging } from "../../src/middleware/logging.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import type { ConnectOptions } from "../../src/testing/index.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { everyTransport } from "./transports.ts"

/** A client, and the records of its calls. */
async function visit(t: EraTools, options?: ConnectOptions) {
  const records: CallRecord[] = []
  const lines: string[] = []
  const mcp = t.server({
    middleware: [
      structuredLogging({ payloads: true, sink: (record) => void records.push(record) }),
      logging({ start: true, log: ({ message }) => void lines.push(message) }),
    ],
  })
  mcp.tool({ name: "greet" }, () => "hello")
  mcp.tool({ name: "fail" }, () => {
    throw new Error("it broke")
  })
  mcp.tool({ name: "ask" }, async (_, ctx) => String(await ctx.confirm("Sure?")))
  const client = await t.connect(mcp, { clientInfo: { name: "abacus", version: "1\n2" }, ...options })
  return { client, records, lines, ofCalls: () => records.filter(({ method }) => method === "tools/call") }
}

const carriers = { memory: "memory", lines: "stdio", http: "http", "http without sessions": "http" } as const

describeEras(
  "a logged call",
  (t) => {
    it("is told with its client, its transport and its revision", async () => {
      const { client, ofCalls } = await visit(t)
      await client.callTool("greet")
      const knowsClient = isStateless(t.revision) || t.transport !== "http without sessions"
      expect(ofCalls()).toMatchObject([
        {
          target: "greet",
          outcome: "ok",
          level: "info",
          transport: carriers[t.transport],
          arguments: "{}",
          ...(knowsClient ? { client: "abacus/1\\n2", revision: t.revision } : undefined),
        },
      ])
      expect(ofCalls()[0]?.result).toContain('"hello"')
    })

    it("is told with the session, where there is one, and never with the whole of its id", async () => {
      const { client, ofCalls } = await visit(t)
      await client.callTool("greet")
      const hasSession = !isStateless(t.revision) && t.transport !== "http without sessions"
      expect(ofCalls()[0]?.session?.length).toBe(hasSession ? 8 : undefined)
    })

    it("is told when it fails, and when there is no such thing", async () => {
      const { client, ofCalls } = await visit(t)
      await client.callTool("fail").catch(() => undefined)
      await client.callTool("nope").catch(() => undefined)
      await client.request("no/such", {}).catch(() => undefined)
      expect(ofCalls().map(({ level, outcome, target }) => [level, outcome, target])).toEqual([
        ["error", "tool-error", "fail"],
        ["warning", "failed", "nope"],
      ])
    })

    it("is a line at its beginning and one at its end", async () => {
      const { client, lines } = await visit(t)
      await client.callTool("greet")
      const own = lines.filter((line) => line.startsWith("tools/call greet "))
      expect(own.map((line) => line.split(" ")[2])).toEqual(["started", "ok"])
      expect(lines.join("")).not.toContain("\n")
    })
  },
  { over: everyTransport },
)

describeEras("a logged call that asks", (t) => {
  it("is told once for every round, or once where the client is asked within it", async () => {
    const { client, ofCalls } = await visit(t, { elicitation: () => ({ action: "accept", content: {} }) })
    await client.callTool("ask").catch(() => undefined)
    const rounds = ofCalls().map(({ outcome, round, questions }) => [outcome, round, questions])
    expect(rounds.slice(0, -1)).toEqual(isStateless(t.revision) ? [["input-required", undefined, 1]] : [])
    expect(rounds.at(-1)?.[1]).toBe(isStateless(t.revision) ? 1 : undefined)
  })
})
