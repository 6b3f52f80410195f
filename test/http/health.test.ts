import { expect, it } from "vitest"
import { lifespan } from "../../src/index.ts"
import { quietServer } from "../support/server.ts"
import { deferred, settled } from "../support/timing.ts"

type Server = ReturnType<typeof quietServer>

async function probe(mcp: Server): Promise<number> {
  return (await mcp.fetch(new Request("http://localhost/health"))).status
}

it("is good where nobody has started the server: its first request does", async () => {
  expect(await probe(quietServer({ lifespan: lifespan("db", () => 1) }))).toBe(200)
})

it("is bad while the server starts, good once it has, and bad once it is closed", async () => {
  const gate = deferred()
  const mcp = quietServer({ lifespan: lifespan("db", () => gate.promise) })
  const starting = mcp.start()
  expect(await probe(mcp)).toBe(503)
  gate.resolve()
  await starting
  expect(await probe(mcp)).toBe(200)
  await mcp.close()
  expect(await probe(mcp)).toBe(503)
})

it("is bad where the start failed, which is tried again for it", async () => {
  let attempts = 0
  const flaky = lifespan("flaky", () => (++attempts === 1 ? Promise.reject(new Error("refused")) : 1))
  const mcp = quietServer({ lifespan: flaky })
  await mcp.start().catch(() => undefined)
  expect(await probe(mcp)).toBe(503)
  await settled()
  expect(await probe(mcp)).toBe(200)
  expect(attempts).toBe(2)
})

it.each(["/health/ready", "/healthz/ready"])("is told under %s too", async (path) => {
  const mcp = quietServer({ http: { health: path.slice(0, -"/ready".length) } })
  expect((await mcp.fetch(new Request(`http://localhost${path}`))).status).toBe(200)
  await mcp.close()
  expect((await mcp.fetch(new Request(`http://localhost${path}`))).status).toBe(503)
})

it("says that the process lives, also while it does not serve", async () => {
  const mcp = quietServer()
  await mcp.close()
  expect((await mcp.fetch(new Request("http://10.0.0.7/health/live"))).status).toBe(200)
})

it("leaves a route of the user's own in its place, and its guard", async () => {
  const mcp = quietServer({ http: { routes: { "GET /health/live": () => new Response("mine") } } })
  expect(await (await mcp.fetch(new Request("http://localhost/health/live"))).text()).toBe("mine")
  expect((await mcp.fetch(new Request("http://evil.example/health/live"))).status).toBe(403)
})
