import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { post } from "../../test/support/post.ts"
import { call } from "../../test/support/rpc.ts"
import { quietServer } from "../../test/support/server.ts"
import type { Middleware } from "../server/middleware.ts"
import { memoryStorage } from "../storage/memory.ts"
import { rateLimit } from "./rate-limit.ts"
import type { LimitOptions } from "./shared-limit.ts"
import { slidingWindow } from "./sliding-window.ts"

const start = 1_800_000_000_000
const windowMs = 10_000
const limit = 5

type Shared = Pick<LimitOptions, "storage" | "now">

/** Both let five come at once, and five more in ten seconds. */
const limits: readonly (readonly [string, (shared: Shared) => Middleware])[] = [
  ["rateLimit()", (shared) => rateLimit({ perSecond: limit / (windowMs / 1000), burst: limit, ...shared })],
  ["slidingWindow()", (shared) => slidingWindow({ limit, windowMs, ...shared })],
]

/** Two servers with one storage; the clock of the second is ahead. */
function replicas(make: (shared: Shared) => Middleware, aheadMs: number) {
  const storage = memoryStorage()
  let time = start
  const servers = [0, aheadMs].map((ahead) => {
    const mcp = quietServer({ middleware: [make({ storage, now: () => time + ahead })] })
    mcp.tool({ name: "a" }, () => "a")
    return mcp
  })
  return {
    pass(ms: number) {
      time += ms
    },
    async isAdmitted(which: number) {
      const mcp = servers[which]
      return mcp !== undefined && (await post(mcp, call("a"))).status === 200
    },
  }
}

const aheadMs = fc.integer({ min: 0, max: 7_200_000 })

describe.each(limits)("%s that two clocks share", (_, make) => {
  it("refuses a slow caller no longer than one clock would", async () => {
    await fc.assert(
      fc.asyncProperty(aheadMs, fc.integer({ min: 1, max: limit + 2 }), async (ahead, taken) => {
        const { isAdmitted, pass } = replicas(make, ahead)
        for (let n = 0; n < taken; n++) await isAdmitted(1)
        await isAdmitted(0)
        for (let n = 0; n < 5; n++) {
          // A part of a window passes before it is known how late it is.
          pass(windowMs * (1 + 2 / 16))
          expect(await isAdmitted(0)).toBe(true)
        }
      }),
      { numRuns: 25 },
    )
  })

  it("admits what one clock would, and what grows in the time between the clocks", async () => {
    const step = fc.record({ ms: fc.integer({ min: 0, max: 3000 }), which: fc.integer({ min: 0, max: 1 }) })
    await fc.assert(
      fc.asyncProperty(aheadMs, fc.array(step, { minLength: 40, maxLength: 60 }), async (ahead, steps) => {
        const { isAdmitted, pass } = replicas(make, ahead)
        let admitted = 0
        let passed = 0
        for (const { ms, which } of steps) {
          pass(ms)
          passed += ms
          if (await isAdmitted(which)) admitted++
        }
        // Both windows that a stretch begins and ends in may be full; the other clock is met once, with a full bucket.
        const once = ahead === 0 ? 0 : limit
        expect(admitted).toBeLessThanOrEqual(2 * limit + once + (passed / windowMs) * limit)
      }),
      { numRuns: 25 },
    )
  })
})
