import { createServer } from "node:net"
import { provide } from "fleetmcp"
import { connect as connectInTest } from "fleetmcp/testing"
import { describe, expect, it, vi } from "vitest"
import shop, { cache, db } from "../../examples/lifespan.ts"
import { Pool } from "../../examples/lifespan-stand-ins.ts"
import { callForText, connect } from "./example.ts"

describe("lifespan.ts", () => {
  it("orders in a transaction, which a failure rolls back", async () => {
    const client = await connect(shop)
    expect(await callForText(client, "list_orders")).toBe("[]")
    expect(await callForText(client, "order", { item: "tea" })).toBe("Ordered: tea")
    expect(await callForText(client, "order", { item: "" })).toContain("There is nothing of that name.")
    expect(await callForText(client, "list_orders")).toBe('[{"id":1,"item":"tea"}]')
    const answer = await shop.fetch(new Request("http://localhost/orders"))
    expect(await answer.json()).toEqual([{ id: 1, item: "tea" }])
  })

  it("is tested with another pool, and then has its own again", async () => {
    const fake = new Pool("fake")
    {
      await using client = await connectInTest(shop, { dependencies: [provide(db, () => fake)] })
      expect(await client.tool("list_orders")()).toEqual([])
      expect(shop.require(db)).toBe(fake)
    }
    expect(() => shop.require(db)).toThrow("has not started")
  })

  it("ends what it started", async () => {
    await shop.start()
    const [pool, values] = [shop.require(db), shop.require(cache)]
    await shop.close()
    expect([pool.isEnded, values.isDisposed]).toEqual([true, true])
  })
})

// What it does where there are servers, `npm run services` shows.
describe("lifespan-postgres.ts", () => {
  it("says which lifespan does not start, and why", async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve))
    const { port } = closed.address() as { readonly port: number }
    await new Promise((resolve) => closed.close(resolve))
    vi.stubEnv("DATABASE_URL", `postgres://nobody@127.0.0.1:${port}/none`)
    const { default: notes } = await import("../../examples/lifespan-postgres.ts")
    await expect(notes.start()).rejects.toThrow(/The lifespan `db` did not start: .*ECONNREFUSED/)
    vi.unstubAllEnvs()
    await notes.close()
  })
})
