import type { FleetMCP } from "fleetmcp"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { mongoService } from "../../scripts/services/mongodb.ts"
import { postgresService } from "../../scripts/services/postgres.ts"
import { redisService } from "../../scripts/services/redis.ts"
import type { Service } from "../../scripts/services/service.ts"

let services: readonly Service[] = []
beforeAll(async () => {
  services = await Promise.all([redisService(), postgresService(), mongoService()])
  for (const [at, name] of ["REDIS_URL", "POSTGRES_URL", "MONGODB_URL"].entries())
    vi.stubEnv(name, services[at]?.url)
})
afterAll(() => Promise.all(services.map((service) => service.stop())))

it("storage-redis.ts counts visits", async () => {
  const { default: mcp, storage } = await import("../../examples/storage-redis.ts")
  await expectVisits(mcp)
  await storage.close?.()
})

it("storage-postgres.ts counts visits", async () => {
  const { default: mcp, pool } = await import("../../examples/storage-postgres.ts")
  await expectVisits(mcp)
  await pool.end()
})

it("storage-mongodb.ts counts visits", async () => {
  const { default: mcp, storage } = await import("../../examples/storage-mongodb.ts")
  await expectVisits(mcp)
  await storage.close?.()
})

async function expectVisits(mcp: FleetMCP): Promise<void> {
  for (const visit of [1, 2]) {
    const { content } = await mcp.callTool("visit")
    expect(content).toEqual([{ type: "text", text: `Visit ${visit}` }])
  }
}
