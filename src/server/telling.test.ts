import { afterEach, describe, expect, it, vi } from "vitest"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import { connect } from "../testing/index.ts"
import { definePlugin } from "./plugin.ts"

afterEach(() => {
  vi.useRealTimers()
})

describe("progress that is throttled", () => {
  /** What a client hears of a tool that tells its progress as `script` says. */
  async function heard(
    script: (tell: (done: number) => void, wait: (ms: number) => Promise<void>) => Promise<void>,
  ) {
    vi.useFakeTimers()
    const mcp = quietServer({ progressMs: 100 })
    mcp.tool({ name: "work" }, async (_, ctx) => {
      await script(
        (done) => ctx.progress(done, 10),
        async (ms) => void (await vi.advanceTimersByTimeAsync(ms)),
      )
      return "done"
    })
    const told: unknown[] = []
    await using client = await connect(mcp, { onProgress: ({ progress }) => told.push(progress) })
    await client.callTool("work")
    return told
  }

  it("is sent at once, then once in so many milliseconds, the last that there was", async () => {
    const told = await heard(async (tell, wait) => {
      for (const done of [1, 2, 3]) tell(done)
      await wait(99)
      tell(4)
      await wait(1)
      await wait(100)
      tell(5)
      await wait(0)
    })
    expect(told).toEqual([1, 4, 5])
  })

  it.each([9, 3, Number.NaN, Number.POSITIVE_INFINITY])(
    "is not lost to what does not increase it: %d",
    async (odd) => {
      const told = await heard(async (tell, wait) => {
        for (const done of [1, 9, odd]) tell(done)
        await wait(100)
      })
      expect(told).toEqual([1, 9])
    },
  )

  it("is sent at once where all is done", async () => {
    const told = await heard(async (tell, wait) => {
      tell(1)
      tell(9)
      tell(10)
      await wait(0)
    })
    expect(told).toEqual([1, 10])
  })

  it("is not sent after the answer", async () => {
    const told = await heard(async (tell, wait) => {
      tell(1)
      tell(2)
      await wait(0)
    })
    await vi.advanceTimersByTimeAsync(1000)
    expect(told).toEqual([1])
  })
})

describe("what handlers log", () => {
  it.each([
    ["debug", "debug"],
    ["notice", "info"],
    ["warning", "warning"],
    ["emergency", "error"],
  ] as const)("goes to the server's own log too where it is mirrored: %s as %s", async (level, own) => {
    const { mcp, log } = loggedServer({ mirrorLogs: true })
    mcp.tool({ name: "logs" }, (_, ctx) => {
      ctx.log[level]({ disk: "full" }, "storage")
      return "done"
    })
    await using client = await connect(mcp)
    await client.callTool("logs")
    expect(log).toEqual([{ level: own, message: 'storage: {"disk":"full"}' }])
  })

  it("stays on one line there, bounded, whatever it is", async () => {
    const { mcp, log } = loggedServer({ mirrorLogs: true })
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    mcp.tool({ name: "logs" }, (_, { log }) => {
      log.info("one\n[fleetmcp] error: forged\u001b[2J")
      log.info("x".repeat(10_000))
      log.info(cycle)
      log.info(undefined)
      return "done"
    })
    await using client = await connect(mcp)
    await client.callTool("logs")
    expect(log[0]?.message).toBe("one [fleetmcp] error: forged [2J")
    expect(log.map(({ message }) => message.length <= 4001)).toEqual([true, true, true, true])
  })

  it("stays with the client otherwise", async () => {
    const { mcp, log } = loggedServer()
    mcp.tool({ name: "logs" }, (_, ctx) => {
      ctx.log.error("broken")
      return "done"
    })
    await using client = await connect(mcp)
    await client.callTool("logs")
    expect(log).toEqual([])
  })
})

describe("ctx.notify()", () => {
  const clock = definePlugin({
    id: "com.example/clock",
    clientNotifications: ["notifications/com.example/tick"],
  })
  const knowing = { capabilities: { extensions: { "com.example/clock": {} } } }

  function ticking(
    method = "notifications/com.example/tick",
    params: { [name: string]: unknown } = { at: 1 },
  ) {
    const mcp = quietServer({ plugins: [clock] })
    mcp.tool({ name: "tick" }, async (_, ctx) => {
      await ctx.notify(method, params)
      return "done"
    })
    return mcp
  }

  it.each(["stateless", "session"] as const)(
    "reaches a client that knows the extension, in the era %s",
    async (era) => {
      const heard: unknown[] = []
      await using client = await connect(ticking(), {
        ...knowing,
        era,
        onNotification: (notification) => heard.push(notification),
      })
      await client.callTool("tick")
      expect(heard).toEqual([{ method: "notifications/com.example/tick", params: { at: 1 } }])
    },
  )

  it("is refused where the client does not know the extension", async () => {
    await using client = await connect(ticking())
    await expect(client.callTool("tick")).rejects.toMatchObject({
      error: { code: -32021, message: expect.stringContaining("com.example/clock") },
    })
  })

  it.each([
    ["notifications/com.example/other", "`clientNotifications`"],
    ["notifications/progress", "`ctx.progress()`"],
    ["notifications/message", "`ctx.log`"],
    ["notifications/resources/updated", "`mcp.resourceUpdated(uri)`"],
    ["notifications/tools/list_changed", 'mcp.listChanged(\\"tool\\")'],
    ["toString", "`clientNotifications`"],
  ])("is refused for `%s`, with what to do instead", async (method, instead) => {
    await using client = await connect(ticking(method), knowing)
    const result = await client.callTool("tick")
    expect([result.isError, JSON.stringify(result.content)]).toEqual([true, expect.stringContaining(instead)])
  })

  it("is refused for what JSON cannot say", async () => {
    await using client = await connect(ticking(undefined, { at: 1n }), knowing)
    expect(JSON.stringify(await client.callTool("tick"))).toContain("BigInt")
  })
})
