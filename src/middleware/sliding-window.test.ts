import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { post } from "../../test/support/post.ts"
import { call } from "../../test/support/rpc.ts"
import { quietServer } from "../../test/support/server.ts"
import { InvalidOption } from "../errors/server.ts"
import { memoryStorage } from "../storage/memory.ts"
import { type SlidingWindowOptions, slidingWindow } from "./sliding-window.ts"

function limited(options: Partial<SlidingWindowOptions> = {}) {
  const clock = { ms: 1_600_000 }
  const limit = slidingWindow({ limit: 3, windowMs: 1600, now: () => clock.ms, ...options })
  const mcp = quietServer({ middleware: [limit] })
  mcp.tool({ name: "ping" }, () => "pong")
  const ask = async () => {
    const { status, headers, error } = await post(mcp, call("ping"))
    return { status, after: headers.get("retry-after"), data: error?.data }
  }
  return { limit, clock, ask, status: async () => (await ask()).status }
}

describe("slidingWindow", () => {
  it("lets so many through in a window, and says when to come back", async () => {
    const { ask, status, clock } = limited()
    expect([await status(), await status(), await status()]).toEqual([200, 200, 200])
    expect(await ask()).toEqual({ status: 429, after: "2", data: { retryAfterMs: 1700 } })
    clock.ms += 1699
    expect(await status()).toBe(429)
    clock.ms += 1
    expect(await status()).toBe(200)
  })

  it("knows no moment at which all are forgotten at once", async () => {
    const { status, clock } = limited({ limit: 2 })
    clock.ms += 1500
    await status()
    await status()
    clock.ms += 200
    expect(await status()).toBe(429)
  })

  it.each(["memory", "storage"])(
    "never lets more through, in %s, and forgets a part of the window late",
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 6 }),
          fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 40 }),
          async (limit, steps) => {
            const storage = kind === "storage" ? { storage: memoryStorage() } : {}
            const { status, clock } = limited({ limit, ...storage })
            const taken: number[] = []
            const within = (ms: number) => taken.filter((at) => at > clock.ms - ms).length
            for (const ms of steps) {
              clock.ms += ms
              if ((await status()) === 429) {
                expect(within(1700 + 1)).toBeGreaterThanOrEqual(limit)
              } else {
                expect(within(1600)).toBeLessThan(limit)
                taken.push(clock.ms)
              }
            }
          },
        ),
        { numRuns: 25 },
      )
    },
  )

  it("counts what costs more than there can be as all there can be", async () => {
    const { status } = limited({ cost: () => 50 })
    expect([await status(), await status()]).toEqual([200, 429])
  })

  it("counts for all processes that share a storage", async () => {
    const storage = memoryStorage()
    const [one, other] = [limited({ storage }), limited({ storage })]
    const statuses = await Promise.all([1, 2, 3, 4].flatMap(() => [one.status(), other.status()]))
    expect(statuses.filter((status) => status === 200)).toHaveLength(3)
  })

  it("takes what a storage has that is no count for nothing", async () => {
    const storage = memoryStorage()
    await limited({ storage }).status()
    for (const key of (await storage.list?.(""))?.keys ?? []) await storage.write(key, '{"a":1}')
    expect(await limited({ storage }).status()).toBe(200)
  })

  it.each([
    [{}],
    [{ limit: 0 }],
    [{ limit: 1.5 }],
    [{ limit: 1, windowMs: 0 }],
    [{ limit: 1, windowMs: Number.POSITIVE_INFINITY }],
  ])("refuses the options %j", (options) => {
    expect(() => slidingWindow(options as never)).toThrow(InvalidOption)
  })
})
