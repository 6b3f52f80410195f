import { describe, expect, it } from "vitest"
import { createEndpoint } from "./endpoint.ts"
import type { HttpOptions } from "./http-options.ts"

const handler = { handle: () => ({ status: 202, body: undefined }) }
const made = (options: object) => () => createEndpoint({ handler }, options as HttpOptions)

describe("createEndpoint", () => {
  it("has a default for everything", () => {
    const { path, healthRoutes, bodyLimit, keepAliveMs, timeouts, cors } = createEndpoint({ handler })
    expect({ path, healthRoutes, bodyLimit, keepAliveMs, timeouts, cors }).toEqual({
      path: "/mcp",
      healthRoutes: ["GET /health", "GET /health/ready", "GET /health/live"],
      bodyLimit: 4_194_304,
      keepAliveMs: 15_000,
      timeouts: { head: 15_000, request: 60_000, idle: 30_000, send: 30_000 },
      cors: undefined,
    })
  })

  it.each([
    [{ host: ["x"] }, "mcp.run"],
    [{ allowedHosts: [] }, "`hosts`"],
    [{ bodyLimits: 1 }, "Did you mean `bodyLimit`?"],
    [{ timeouts: { heads: 1 } }, "Did you mean `head`?"],
    [{ cors: { origin: "https://app.example.com" } }, "Did you mean `origins`?"],
    [{ cors: { origins: "*", allowedHeaders: [] } }, "Did you mean `allowHeaders`?"],
  ])("refuses the unknown option of %j and says what was meant", (options, advice) => {
    expect(made(options)).toThrow(
      expect.objectContaining({ code: "FLEET-09", message: expect.stringContaining(advice) }),
    )
  })

  it.each([
    { path: 7 },
    { hosts: "mcp.example.com" },
    { hosts: ["https://mcp.example.com"] },
    { origins: ["https://app.example.com/"] },
    { origins: ["app.example.com"] },
    { origins: ["https://app.example.com:443"] },
    { origins: ["http://app.example.com:80"] },
    { origins: ["https://["] },
    { origins: ["https://bücher.example"] },
    { cors: { origins: ["https://app.example.com:443"] } },
    { cors: "*" },
    { cors: null },
    { cors: {} },
    { cors: { maxAge: 60 } },
    { cors: { origins: undefined } },
    { cors: { origins: "https://app.example.com" } },
    { cors: { origins: ["https://app.example.com/mcp"] } },
    { cors: { origins: "*", maxAge: -1 } },
    { cors: { origins: "*", allowHeaders: ["x-a, x-b"] } },
    { routes: [] },
    { timeouts: 5 },
    { bodyLimit: "1mb" },
    { path: "mcp" },
    { path: "/a b" },
    { path: "/mcp?x" },
    { health: "up" },
    { publicUrl: "mcp.example.com" },
    { publicUrl: "ftp://mcp.example.com" },
    { bodyLimit: 0 },
    { bodyLimit: Number.NaN },
    { keepAliveMs: -1 },
    { timeouts: { head: 0 } },
    { timeouts: { send: Number.POSITIVE_INFINITY } },
  ])("refuses %j", (options) => {
    expect(made(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
  })

  it("says which value was refused, and what to give instead", () => {
    expect(made({ cors: { maxAge: 60 } })).toThrow(
      "The option `origins` of the `cors` of `http` is `undefined`. Give a list of origins",
    )
    expect(made({ path: "mcp" })).toThrow('The option `path` of `http` is `"mcp"`. Give a path')
  })

  it.each([
    { hosts: ["mcp.example.com", "mcp.example.com:8443", "[::1]", "*"] },
    {
      origins: [
        "HTTPS://App.example.com",
        "https://app.example.com",
        "http://localhost:3000",
        "vscode-webview://x",
        "null",
        "*",
      ],
    },
    { cors: { origins: [] } },
    { cors: { origins: ["https://app.example.com"], maxAge: 0, allowHeaders: ["x-tenant"] } },
    { health: false, path: "/", cors: undefined },
  ])("takes %j", (options) => {
    expect(made(options)).not.toThrow()
  })

  it("lets all pages read answers only where that is said", () => {
    const origins = (cors: HttpOptions["cors"]) => createEndpoint({ handler }, { cors }).cors?.origins
    expect(origins(true)).toEqual(["*"])
    expect(origins({ origins: "*" })).toEqual(["*"])
    expect(origins({ origins: [] })).toEqual([])
  })

  it("takes `cors: false` for off", () => {
    expect(createEndpoint({ handler }, { cors: false }).cors).toBeUndefined()
  })

  it.each(["GET", "GET metrics", "get /x", "GET  /x", "GET /x y", "TRACE /x", "CONNECT /x", "GET /x?y", ""])(
    "refuses the route `%s`",
    (route) => {
      const routes = { [route]: () => new Response() }
      expect(made({ routes })).toThrow(expect.objectContaining({ code: "INVALID_ROUTE" }))
    },
  )

  const route = () => new Response()

  it.each([
    [{ routes: { "POST /mcp": route } }, "`POST /mcp` is where the MCP endpoint is."],
    [{ path: "/", routes: { "POST /": route } }, "Give one of them another path: see `http.path`."],
    [{ path: "/health" }, "`GET /health` is where the MCP endpoint is. Give one of them another path"],
    [{ path: "/up", health: "/up" }, "`GET /up`"],
    [{ routes: { "GET /mcp": route } }, "`GET /mcp` is where the MCP endpoint is"],
    [{ routes: { "DELETE /mcp": route } }, "`DELETE /mcp`"],
  ])("refuses %j, of which one would never be reached", (options, message) => {
    expect(made(options)).toThrow(
      expect.objectContaining({ code: "INVALID_ROUTE", message: expect.stringContaining(message) }),
    )
  })

  it.each([
    { sessions: "none", routes: { "GET /mcp": route } },
    { path: "/v2", routes: { "POST /mcp": route } },
    { path: "/health", health: false },
    { path: "/health", sessions: "none", routes: { "GET /health": route } },
  ] as const)("takes %j", (options) => {
    expect(made(options)).not.toThrow()
  })
})
