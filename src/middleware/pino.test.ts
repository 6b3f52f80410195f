import { PassThrough } from "node:stream"
import { pino } from "pino"
import { describe, expect, it } from "vitest"
import { FleetMCP } from "../fleet-mcp.ts"
import { logging, structuredLogging } from "./logging.ts"
import { pinoLog } from "./pino.ts"

/** A logger of pino and what it writes. */
function logger(level = "info") {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  return {
    logger: pino({ level, base: null, timestamp: false }, stream),
    written: () => lines.map((line) => JSON.parse(line)),
  }
}

describe("a log of pino", () => {
  it("takes what a server has to say, whole", () => {
    const { logger: own, written } = logger("debug")
    const log = pinoLog(own)
    for (const level of ["debug", "info", "warning"] as const) log({ level, message: "said" })
    log({ level: "error", message: "failed", errorId: "ab12", error: new TypeError("oops") })
    expect(written()).toMatchObject([
      { level: 20, msg: "said" },
      { level: 30, msg: "said" },
      { level: 40, msg: "said" },
      { level: 50, msg: "failed", errorId: "ab12", err: { type: "TypeError", message: "oops" } },
    ])
  })

  it("has the records of calls as fields, with its own time and level", async () => {
    const { logger: own, written } = logger()
    const mcp = new FleetMCP("Test", { log: pinoLog(own), middleware: [structuredLogging({ now: () => 0 })] })
    mcp.tool({ name: "add" }, () => "1")
    await mcp.callTool("add")
    expect(written()).toEqual([
      {
        level: 30,
        event: "request",
        method: "tools/call",
        target: "add",
        outcome: "ok",
        durationMs: 0,
        revision: "2026-07-28",
        caller: "process",
        server: "Test",
        msg: "tools/call add ok 0.00 ms",
      },
    ])
  })

  it("takes lines, and may be that of the middleware alone", async () => {
    const { logger: own, written } = logger()
    const mcp = new FleetMCP("Test", { middleware: [logging({ log: pinoLog(own.child({ of: "calls" })) })] })
    mcp.tool({ name: "add" }, () => "1")
    await mcp.callTool("add")
    expect(written()).toMatchObject([{ of: "calls", msg: expect.stringContaining("tools/call add ok") }])
  })

  it("does not write to standard output, where messages go, unless it may", () => {
    expect(() => pinoLog(pino())).toThrow("standard output")
    expect(() => pinoLog(pino().child({}))).toThrow("standard output")
    expect(() => pinoLog(pino(), { stdout: true })).not.toThrow()
    expect(() => pinoLog(pino(pino.destination(2)))).not.toThrow()
    expect(() => pinoLog(pino(new PassThrough()))).not.toThrow()
  })

  it.each([[undefined], [{}], ["pino"], [pino]])("is not made of what is no logger", (given) => {
    expect(() => pinoLog(given as never)).toThrow("Give `pino(")
  })
})
