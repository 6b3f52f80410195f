import { expect, it } from "vitest"
import { circuitBreaker } from "../../src/middleware/circuit-breaker.ts"
import { concurrency } from "../../src/middleware/concurrency.ts"
import { rateLimit } from "../../src/middleware/rate-limit.ts"
import { slidingWindow } from "../../src/middleware/sliding-window.ts"
import { RequestFailed } from "../../src/testing/index.ts"
import { deferred } from "../support/timing.ts"
import { describeEras } from "./eras.ts"
import { everyTransport } from "./transports.ts"

/** What a client is told that is turned away. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  const error = await call.catch((thrown: unknown) => thrown)
  return error instanceof RequestFailed ? error.error : error
}

describeEras(
  "a limit",
  (t) => {
    it.each([
      ["rateLimit", () => rateLimit({ burst: 2, tools: ["ping"], now: () => 1_600_000 })],
      ["slidingWindow", () => slidingWindow({ limit: 2, tools: ["ping"], now: () => 1_600_000 })],
    ])("by %s tells a client when to come back, whichever connection it comes by", async (_, limit) => {
      const mcp = t.server({ middleware: [limit()] })
      mcp.tool({ name: "ping" }, () => "pong")
      await (await t.connect(mcp)).callTool("ping")
      const client = await t.connect(mcp)
      await client.callTool("ping")
      expect(await refusal(client.callTool("ping"))).toMatchObject({
        code: 429,
        data: { retryAfterMs: expect.any(Number) },
      })
    })

    it("by concurrency turns away what finds no place", async () => {
      const gate = deferred<string>()
      const entered = deferred()
      const mcp = t.server({ middleware: [concurrency({ max: 1, queue: 0 })] })
      mcp.tool({ name: "wait" }, () => {
        entered.resolve()
        return gate.promise
      })
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      const first = one.callTool("wait")
      await entered.promise
      expect(await refusal(other.callTool("wait"))).toMatchObject({ code: 503, data: { retryAfterMs: 1000 } })
      gate.resolve("done")
      await first
      expect((await other.callTool("wait")).content).toMatchObject([{ text: "done" }])
    })

    it("by circuitBreaker leaves alone what failed", async () => {
      const mcp = t.server({ middleware: [circuitBreaker({ minCalls: 2, now: () => 0 })] })
      mcp.tool({ name: "fail" }, () => {
        throw new Error("broke")
      })
      const client = await t.connect(mcp)
      for (let n = 0; n < 2; n++) expect(await client.callTool("fail")).toMatchObject({ isError: true })
      expect(await refusal(client.callTool("fail"))).toMatchObject({
        code: 503,
        data: { retryAfterMs: 30_000 },
      })
    })
  },
  { over: everyTransport },
)
