import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { recorder } from "../../test/support/telemetry.ts"
import { InvalidOption } from "../errors/server.ts"
import { memoryStorage } from "../storage/memory.ts"
import { scoped } from "../storage/scoped.ts"
import { observed, suppress } from "./index.ts"

storageContract(
  overMemory((driver) => observed(driver)),
  { level: "atomic" },
)

const name = "fleetmcp.storage.operation.duration"

describe("observed", () => {
  it("measures operations by what was asked of which part, and how it ended", async () => {
    const recorded = recorder()
    let time = 0
    const storage = observed(memoryStorage(), { name: "memory", now: () => (time += 500) })
    const state = scoped(storage, "state")
    await state.write("secret-key", "secret-value")
    await state.get("secret-key")
    await state.get("secret-key")
    await storage.get("key")
    const points = await recorded.points(name)
    expect(points.map(({ value, attributes }) => [value, attributes])).toMatchObject([
      [
        { count: 1, sum: 0.5 },
        { "fleetmcp.storage.operation": "write", "fleetmcp.storage.part": "state" },
      ],
      [
        { count: 2, sum: 1 },
        {
          "fleetmcp.storage.operation": "get",
          "fleetmcp.storage.outcome": "hit",
          "fleetmcp.storage.part": "state",
          "fleetmcp.storage.name": "memory",
        },
      ],
      [{ count: 1 }, { "fleetmcp.storage.outcome": "miss", "fleetmcp.storage.part": "none" }],
    ])
    expect(JSON.stringify(points)).not.toContain("secret")
  })

  it("says what failed, and lets it fail", async () => {
    const recorded = recorder()
    const broken = observed({ ...memoryStorage(), get: () => Promise.reject(new TypeError("away")) })
    await expect(broken.get("key")).rejects.toThrow("away")
    expect(await recorded.points(name)).toMatchObject([
      { attributes: { "fleetmcp.storage.outcome": "failed", "error.type": "TypeError" } },
    ])
  })

  it("keeps parts few, however many there are", async () => {
    const recorded = recorder()
    const storage = observed(memoryStorage())
    for (let n = 0; n < 100; n++) await scoped(scoped(storage, `part-${n}`), "deep").get("key")
    const parts = (await recorded.points(name)).map(({ attributes }) => attributes["fleetmcp.storage.part"])
    expect(parts.length).toBe(51)
    expect(parts).toContain("_OTHER")
  })

  it("measures nothing of suppressed work", async () => {
    const recorded = recorder()
    const storage = observed(memoryStorage())
    await suppress(() => storage.get("key"))
    expect(await recorded.points(name)).toEqual([])
  })

  it("refuses wrong options", () => {
    expect(() => observed(memoryStorage(), { name: 5 as never })).toThrow(InvalidOption)
  })
})
