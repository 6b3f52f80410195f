import { describe, expect, it } from "vitest"
import { loggedServer } from "../../test/support/server.ts"
import { ToolError } from "../errors/tool.ts"
import { connect } from "../testing/index.ts"
import { logging } from "./logging.ts"

/** What ends a line, drives a terminal, turns text around, or hides in it. */
const hostile =
  "x\r\n[fleetmcp] info: forged \u001b[31mred\u001b[0m\u009b2J \u202eturned\u2066 \u2028new\u200e\u0000\u0008"
const unsafe = /[^\u0020-\u007e\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\u{10ffff}]/u

describe("a line of the log for people", () => {
  it.each([
    ["the name of a tool", "tools/call", { name: hostile }],
    ["arguments and errors", "tools/call", { name: "echo", arguments: { [hostile]: hostile } }],
    ["a URI", "resources/read", { uri: `a:${hostile}` }],
    ["a method", hostile, {}],
  ])("is one line without what drives a terminal, whatever %s holds", async (_, method, params) => {
    const { mcp, log } = loggedServer({ middleware: [logging({ payloads: true, sizes: true, start: true })] })
    mcp.tool({ name: "echo", input: { type: "object" } }, (args) => {
      throw new ToolError(JSON.stringify(args) + hostile)
    })
    const client = await connect(mcp)
    await client.request(method, params).catch(() => undefined)
    const lines = log.map(({ message }) => message)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line).not.toMatch(unsafe)
  })
})
