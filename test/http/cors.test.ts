import { expect, it } from "vitest"
import { describeEntries } from "./entries.ts"
import { callTool } from "./messages.ts"
import { quietServer, sampleServer } from "./server.ts"

const app = "https://app.example"
const add = callTool("add", { a: 1, b: 2 }, { headers: { origin: app } })

describeEntries("CORS", (serve) => {
  it("is off by default: a preflight finds no such method", async () => {
    const t = await serve(sampleServer({ http: { origins: [app] } }))
    const { status, headers } = await t.send({ method: "OPTIONS", headers: { origin: app } })
    expect([status, headers.get("allow"), headers.get("access-control-allow-origin")]).toEqual([
      405,
      "POST, GET, DELETE",
      null,
    ])
  })

  it("is off by default: answers carry no headers of it", async () => {
    const t = await serve(sampleServer({ http: { origins: [app] } }))
    const { status, headers } = await t.send(add)
    expect([status, headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([
      200,
      null,
      null,
    ])
  })

  it("lets any page call and read when it is on", async () => {
    const t = await serve(sampleServer({ http: { cors: true } }))
    const { status, headers } = await t.send(add)
    expect([status, headers.get("access-control-allow-origin")]).toEqual([200, "*"])
  })

  it("exposes the headers that clients need", async () => {
    const t = await serve(sampleServer({ http: { cors: true } }))
    const { headers } = await t.send(add)
    expect(headers.get("access-control-expose-headers")?.split(", ")).toEqual(
      expect.arrayContaining(["www-authenticate", "mcp-session-id", "retry-after"]),
    )
  })

  it("answers a preflight with methods, headers and an age", async () => {
    const t = await serve(
      sampleServer({ http: { cors: { origins: "*", maxAge: 60, allowHeaders: ["x-tenant"] } } }),
    )
    const { status, headers, text } = await t.send({ method: "OPTIONS", headers: { origin: app } })
    expect([status, text, headers.get("access-control-max-age")]).toEqual([204, "", "60"])
    expect(headers.get("access-control-allow-methods")).toContain("POST")
    expect(headers.get("access-control-allow-headers")).toMatch(
      /authorization.*mcp-method, mcp-name.*x-tenant/,
    )
  })

  it("allows the argument headers that a preflight asks for, and no others", async () => {
    const t = await serve(sampleServer({ http: { cors: true } }))
    const asked = "Mcp-Param-Region, x-evil, mcp-param-a b, Mcp-Param-Zone"
    const { headers } = await t.send({
      method: "OPTIONS",
      headers: { origin: app, "access-control-request-headers": asked },
    })
    const allowed = headers.get("access-control-allow-headers")?.split(", ")
    expect(allowed).toEqual(expect.arrayContaining(["mcp-param-region", "mcp-param-zone"]))
    expect(allowed).not.toContain("x-evil")
    expect(allowed?.some((name) => name.includes(" "))).toBe(false)
  })

  it("names the origin and varies by it where origins are listed", async () => {
    const t = await serve(sampleServer({ http: { cors: { origins: [app] } } }))
    const { headers } = await t.send(add)
    expect([headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([app, "origin"])
  })

  it("varies by the origin even for requests without one", async () => {
    const t = await serve(sampleServer({ http: { cors: { origins: [app] } } }))
    const { headers } = await t.send(callTool("add", { a: 1, b: 2 }))
    expect([headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([null, "origin"])
  })

  it("lets pages that are not listed neither call nor preflight", async () => {
    const t = await serve(sampleServer({ http: { cors: { origins: [app] } } }))
    const headers = { origin: "https://evil.example" }
    const preflight = await t.send({ method: "OPTIONS", headers })
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([403, null])
    expect((await t.send(callTool("add", {}, { headers }))).status).toBe(403)
  })

  it("lets pages read a challenge", async () => {
    const challenge = { "www-authenticate": 'Bearer resource_metadata="https://x.example/"' }
    const auth = { authenticate: () => ({ status: 401, headers: challenge }) as const }
    const t = await serve(quietServer({ auth, http: { cors: true } }))
    const { status, headers } = await t.send(add)
    expect([status, headers.get("access-control-allow-origin")]).toEqual([401, "*"])
    expect(headers.get("www-authenticate")).toBe(challenge["www-authenticate"])
  })

  it.each([
    ["a body that is no JSON", { ...add, body: "{" }, 400],
    ["a path that is not there", { ...add, path: "/nowhere" }, 404],
  ] as const)("lets pages read why %s is refused", async (_, request, status) => {
    const t = await serve(sampleServer({ http: { cors: true } }))
    const answer = await t.send(request)
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([status, "*"])
  })

  it("lets pages read a stream", async () => {
    const t = await serve(sampleServer({ http: { cors: true } }))
    const options = { headers: { origin: app }, meta: { progressToken: 1 } }
    const { headers } = await t.send(callTool("steps", { steps: 2 }, options))
    expect(headers.get("content-type")).toBe("text/event-stream")
    expect(headers.get("access-control-allow-origin")).toBe("*")
  })

  it("lets pages read routes, unless those say otherwise", async () => {
    const routes = {
      "PUT /plain": () => new Response("x", { headers: { vary: "accept" } }),
      "GET /own": () =>
        new Response("x", { headers: { "access-control-allow-origin": "https://own.example" } }),
    }
    const t = await serve(sampleServer({ http: { cors: { origins: [app] }, routes } }))
    const plain = await t.send({ method: "PUT", path: "/plain", headers: { origin: app } })
    expect(plain.headers.get("access-control-allow-origin")).toBe(app)
    expect(plain.headers.get("vary")).toBe("accept, origin")
    const own = await t.send({ path: "/own", headers: { origin: app } })
    expect(own.headers.get("access-control-allow-origin")).toBe("https://own.example")
  })

  it("allows the methods of the routes in preflights", async () => {
    const routes = { "PUT /x": () => new Response("x") }
    const t = await serve(sampleServer({ http: { cors: true, routes } }))
    const { headers } = await t.send({ method: "OPTIONS", path: "/x", headers: { origin: app } })
    expect(headers.get("access-control-allow-methods")).toContain("PUT")
  })
})
