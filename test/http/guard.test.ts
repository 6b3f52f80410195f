import { expect, it } from "vitest"
import { describeEntries } from "./entries.ts"
import { callTool } from "./messages.ts"
import { sampleServer } from "./server.ts"

const add = (headers: { readonly [name: string]: string }) => callTool("add", { a: 1, b: 2 }, { headers })

describeEntries("the guard of host and origin", (serve) => {
  it.each(["localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:3000"])(
    "lets the loopback host %s pass",
    async (host) => {
      const t = await serve(sampleServer())
      expect((await t.send(add({ host }))).status).toBe(200)
    },
  )

  it.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.2",
    "[::2]",
    "0.0.0.0",
  ])("refuses the foreign host %s with 403 and the option to set", async (host) => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send(add({ host }))
    expect([status, json.error.message]).toEqual([403, expect.stringContaining("`http.hosts`")])
  })

  it.each([
    "a b",
    "[::1",
    "%",
    "a:99999",
    "<>",
    "localhost:",
    "localhost:0x1",
    "a@localhost",
    "256.1.1.1",
    "[:::]",
  ])("refuses the malformed host %s with 400", async (host) => {
    const t = await serve(sampleServer({ http: { hosts: ["*"] } }))
    expect((await t.send(add({ host }))).status).toBe(400)
  })

  it("lets a listed host pass, with any port", async () => {
    const t = await serve(sampleServer({ http: { hosts: ["mcp.example.com"] } }))
    expect((await t.send(add({ host: "MCP.example.com:8443" }))).status).toBe(200)
  })

  it("holds a host that is listed with a port to that port", async () => {
    const t = await serve(sampleServer({ http: { hosts: ["mcp.example.com:8443"] } }))
    const [right, wrong] = [add({ host: "mcp.example.com:8443" }), add({ host: "mcp.example.com:80" })]
    expect([(await t.send(right)).status, (await t.send(wrong)).status]).toEqual([200, 403])
  })

  it("lets every well-formed host pass where `*` is listed", async () => {
    const t = await serve(sampleServer({ http: { hosts: ["*"] } }))
    expect((await t.send(add({ host: "anything.example" }))).status).toBe(200)
  })

  it.each(["http://localhost:5173", "http://127.0.0.1", "https://[::1]:8000"])(
    "lets pages of the loopback origin %s call",
    async (origin) => {
      const t = await serve(sampleServer())
      expect((await t.send(add({ host: "127.0.0.1:3000", origin }))).status).toBe(200)
    },
  )

  it("lets pages of the server's own origin call", async () => {
    const t = await serve(sampleServer({ http: { hosts: ["mcp.example.com"] } }))
    const headers = { host: "mcp.example.com", origin: "https://mcp.example.com" }
    expect((await t.send(add(headers))).status).toBe(200)
  })

  it.each([
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "http://localhost@evil.example",
    "file://",
    "x",
  ])("refuses the origin %s with 403 and the option to set", async (origin) => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send(add({ origin }))
    expect([status, json.error.message]).toEqual([403, expect.stringContaining("`http.origins`")])
  })

  it("refuses loopback pages on a public host", async () => {
    const t = await serve(sampleServer({ http: { hosts: ["mcp.example.com"] } }))
    const headers = { host: "mcp.example.com", origin: "http://localhost:5173" }
    expect((await t.send(add(headers))).status).toBe(403)
  })

  it("still checks the origin of a host that it remembers", async () => {
    const t = await serve(sampleServer())
    await t.send(add({ host: "localhost" }))
    expect((await t.send(add({ host: "localhost", origin: "https://evil.example" }))).status).toBe(403)
  })

  it("lets a listed origin call, `null` too", async () => {
    const t = await serve(sampleServer({ http: { origins: ["null", "https://app.example"] } }))
    const both = [add({ origin: "null" }), add({ origin: "https://APP.example" })]
    expect([(await t.send(both[0] ?? {})).status, (await t.send(both[1] ?? {})).status]).toEqual([200, 200])
  })
})
