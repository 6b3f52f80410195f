import { describe, expect, it } from "vitest"
import careful, { breaker } from "../../examples/middleware-circuit-breaker.ts"
import renders from "../../examples/middleware-concurrency.ts"
import limited, { everything } from "../../examples/middleware-rate-limit.ts"
import reports from "../../examples/middleware-sliding-window.ts"
import type { FleetMCP } from "../../src/index.ts"
import { connect } from "../../src/testing/index.ts"

async function textOf(mcp: FleetMCP, tool: string): Promise<string> {
  await using client = await connect(mcp)
  const [block] = (await client.callTool(tool)).content
  return block?.type === "text" ? block.text : ""
}

describe("examples of limits", () => {
  it("middleware-rate-limit.ts limits one tool more than others", async () => {
    for (let n = 0; n < 3; n++) expect(await textOf(limited, "search")).toBe("Found")
    await expect(textOf(limited, "search")).rejects.toThrow("Too many requests. Try again in")
    expect(await textOf(limited, "refused")).toBe("0")
    expect(everything.statistics()).toMatchObject({ allowed: 5, keys: 1 })
  })

  it("middleware-sliding-window.ts lets three reports an hour be written", async () => {
    for (let n = 0; n < 3; n++) expect(await textOf(reports, "report")).toBe("Written")
    await expect(textOf(reports, "report")).rejects.toThrow("Too many requests")
  })

  it("middleware-concurrency.ts knows how many render", async () => {
    expect(await textOf(renders, "render")).toBe("One of 1")
  })

  it("middleware-circuit-breaker.ts leaves a broken tool alone", async () => {
    for (let n = 0; n < 4; n++) await textOf(careful, "search")
    await expect(textOf(careful, "search")).rejects.toThrow("left alone")
    expect(await textOf(careful, "health")).toBe('["search"]')
    expect(breaker.states().get("search")?.state).toBe("open")
  })
})
