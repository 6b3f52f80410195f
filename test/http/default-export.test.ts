import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { sampleServer } from "./server.ts"

/** What Bun serves of a program, as its own start code has it. */
function isServedByBun(value: { readonly fetch?: unknown }): boolean {
  return typeof value.fetch === "function"
}

function running() {
  const mcp = sampleServer()
  const run = mcp.run({ transport: "http", port: 0 })
  onTestFinished(async () => {
    await run.catch(() => undefined)
    await mcp.close({ graceMs: 0 })
  })
  return { mcp, run }
}

describe("a server as the default export of a program", () => {
  afterEach(() => void vi.unstubAllGlobals())

  it("has a fetch of its own", () => {
    expect(Object.hasOwn(sampleServer(), "fetch")).toBe(true)
    expect(isServedByBun(sampleServer())).toBe(true)
  })

  it("may be wrapped, as those do that watch calls", async () => {
    const mcp = sampleServer()
    const spy = vi.spyOn(mcp, "fetch")
    await mcp.fetch(new Request("http://localhost/health"))
    expect(spy).toHaveBeenCalledOnce()
  })

  it("has Bun listen on the loopback interface and leave quiet calls alone", () => {
    const how = { hostname: "127.0.0.1", idleTimeout: 0 }
    expect(sampleServer()).toMatchObject(how)
    expect(sampleServer().http({ path: "/v2" })).toMatchObject(how)
  })

  it.each(["Bun", "Deno"])(
    "is not served by %s a second time once it runs itself, awaited or not",
    async (runtime) => {
      vi.stubGlobal(runtime, {})
      const { mcp, run } = running()
      expect(isServedByBun(mcp)).toBe(false)
      await run
      expect(isServedByBun(mcp)).toBe(false)
      expect(isServedByBun(mcp.http({}))).toBe(true)
    },
  )

  it("keeps its fetch where nothing serves default exports", async () => {
    const { mcp, run } = running()
    await run
    expect(isServedByBun(mcp)).toBe(true)
  })
})
