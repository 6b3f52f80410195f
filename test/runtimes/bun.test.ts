import { describe, expect, it } from "vitest"
import { callTool } from "../http/messages.ts"
import { binaryOf } from "./binary.ts"
import { type Program, start, startForTest } from "./program.ts"
import { describeRuns } from "./runs.ts"
import { describeServed, type Served } from "./served.ts"

const bun = binaryOf("bun")
const env = { PORT: "0" }

/** Where a program listens that Bun serves. */
async function originOf(program: Program): Promise<string> {
  const [, origin = ""] = await program.until(/server: (http:\/\/\S+)/)
  return origin.replace(/\/$/, "")
}

async function serve(file: string): Promise<Served> {
  const program = start(bun, [file], { env })
  return { origin: await originOf(program), stop: program.stop }
}

describeServed("the default export, served by Bun", () => serve("server.ts"))
describeServed("what `mcp.http()` gives, served by Bun", () => serve("exports-http.ts"), { path: "/v2/mcp" })
describeRuns("Bun", bun, [])

describe("what Bun does by itself to what it serves", () => {
  it.each(["server.ts", "exports-http.ts"])("listens on the loopback interface alone: %s", async (file) => {
    expect(await originOf(startForTest(bun, [file], { env }))).toMatch(/^http:\/\/127\.0\.0\.1:/)
  })

  it("leaves a quiet call alone, for longer than Bun would", async () => {
    const origin = await originOf(startForTest(bun, ["server.ts"], { env }))
    const { headers, body } = callTool("wait", { ms: 12_500 }, { meta: { progressToken: 1 } })
    // Requests of `messages.ts` have texts for bodies, and leave no header out.
    const answer = await fetch(`${origin}/mcp`, { method: "POST", headers, body } as RequestInit)
    expect(await answer.text()).toContain('"text":"done"')
  })
})
