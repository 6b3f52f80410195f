import { Redis } from "ioredis"
import { RateLimiterRedis } from "rate-limiter-flexible"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { redisService } from "../../scripts/services/redis.ts"
import type { Service } from "../../scripts/services/service.ts"
import { type LimitOptions, rateLimit } from "../../src/middleware/rate-limit.ts"
import { slidingWindow } from "../../src/middleware/sliding-window.ts"
import type { Middleware } from "../../src/server/middleware.ts"
import { redisStorage } from "../../src/storage/redis.ts"
import { post } from "../support/post.ts"
import { call } from "../support/rpc.ts"
import { quietServer } from "../support/server.ts"

let service: Service
beforeAll(async () => {
  service = await redisService()
})
afterAll(() => service.stop())

async function clientOf(): Promise<Redis> {
  const client = new Redis(service.url, { maxRetriesPerRequest: 0, retryStrategy: () => null })
  client.on("error", () => undefined)
  onTestFinished(() => client.disconnect())
  await client.ping()
  return client
}

function serverWith(limit: Middleware) {
  const mcp = quietServer({ middleware: [limit] })
  mcp.tool({ name: "a" }, () => "a")
  return mcp
}

describe("`RateLimiterRedis` of rate-limiter-flexible", () => {
  /** A server as each process has one: with a connection and a limiter of its own. */
  async function replica(keyPrefix: string, cost = 1) {
    const limiter = new RateLimiterRedis({
      storeClient: await clientOf(),
      keyPrefix,
      points: 6,
      duration: 60,
    })
    const limit = rateLimit({ limiter, by: "global", cost: () => cost })
    return { limit, mcp: serverWith(limit) }
  }

  it("lets all processes together make as many calls as it may, however many come at once", async () => {
    const replicas = await Promise.all([replica("many"), replica("many"), replica("many")])
    const answers = await Promise.all(
      replicas.flatMap(({ mcp }) => Array.from({ length: 10 }, () => post(mcp, call("a")))),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(6)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(24)
  })

  it("says when to come back", async () => {
    const { mcp } = await replica("back", 6)
    expect((await post(mcp, call("a"))).status).toBe(200)
    const { status, headers, error } = await post(mcp, call("a"))
    expect(status).toBe(429)
    const { retryAfterMs = 0 } = (error?.data ?? {}) as { readonly retryAfterMs?: number }
    expect(retryAfterMs).toBeGreaterThan(55_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
    expect(Number(new Headers(headers).get("retry-after"))).toBe(Math.ceil(retryAfterMs / 1000))
  })

  it("takes the points that a call costs", async () => {
    const { mcp } = await replica("cost", 3)
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await post(mcp, call("a"))).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  it("refuses with 503 where Redis is gone, and does not take that for too many calls", async () => {
    const client = await clientOf()
    const limiter = new RateLimiterRedis({ storeClient: client, points: 6, duration: 60 })
    const limit = rateLimit({ limiter, by: "global" })
    const mcp = serverWith(limit)
    client.disconnect()
    expect((await post(mcp, call("a"))).status).toBe(503)
    expect(limit.statistics()).toMatchObject({ storeErrors: 1, refused: 0 })
  })
})

type Shared = Pick<LimitOptions, "storage" | "by" | "storeTimeoutMs">

const limits: readonly (readonly [string, (shared: Shared) => Middleware])[] = [
  ["rateLimit", (shared) => rateLimit({ perSecond: 0.001, burst: 6, ...shared })],
  ["slidingWindow", (shared) => slidingWindow({ limit: 6, ...shared })],
]

describe.each(limits)("%s() with a storage on Redis", (name, make) => {
  it("lets all processes together make as many calls as it may", async () => {
    const servers = [0, 1, 2].map(() => {
      const storage = redisStorage({ url: service.url, prefix: `${name}:` })
      onTestFinished(() => storage.close?.())
      return serverWith(make({ storage, by: "global", storeTimeoutMs: 20_000 }))
    })
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) {
      const answers = await Promise.all(servers.map((mcp) => post(mcp, call("a"))))
      statuses.push(...answers.map(({ status }) => status))
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(6)
  })
})
