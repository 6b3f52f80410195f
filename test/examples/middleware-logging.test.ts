import { describe, expect, it, vi } from "vitest"
import mcp, { records } from "../../examples/middleware-logging.ts"
import pino from "../../examples/pino.ts"
import { callForText, connect } from "./example.ts"

describe("middleware-logging.ts", () => {
  it("writes lines without what is secret, and records of some methods", async () => {
    const lines: string[] = []
    vi.spyOn(console, "error").mockImplementation((line) => void lines.push(String(line)))
    const client = await connect(mcp)
    expect(await callForText(client, "pay", { iban: "DE75512108001245126199", amount: 3 })).toBe("Paid 3")
    await client.callTool({ name: "fail" })
    vi.restoreAllMocks()
    expect(lines.join("\n")).toContain('arguments={"iban":"[redacted]","amount":3}')
    expect(lines.join("\n")).not.toContain("DE755")
    expect(records).toMatchObject([
      { method: "tools/call", target: "pay", outcome: "ok", fields: { tenant: "acme" } },
      { target: "fail", level: "error", outcome: "tool-error" },
    ])
  })
})

describe("pino.ts", () => {
  it("answers", async () => {
    expect(await callForText(await connect(pino), "ping")).toBe("pong")
  })
})
