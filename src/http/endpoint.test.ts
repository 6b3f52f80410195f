import { describe, expect, it } from "vitest"
import { createEndpoint, type HttpOptions } from "./endpoint.ts"

const handler = { handle: () => ({ status: 202, body: undefined }) }
const made = (options: object) => () => createEndpoint({ handler }, options as HttpOptions)

describe("createEndpoint", () => {
  it("has a default for everything", () => {
    const { path, healthPath, bodyLimit, keepAliveMs, timeouts, cors } = createEndpoint({ handler })
    expect({ path, healthPath, bodyLimit, keepAliveMs, timeouts, cors }).toEqual({
      path: "/mcp",
      healthPath: "/health",
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
  ])("refuses the unknown option of %j and says what was meant", (options, advice) => {
    expect(made(options)).toThrow(
      expect.objectContaining({ code: "FLEET-09", message: expect.stringContaining(advice) }),
    )
  })

  it.each([
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
    expect(made(options)).toThrow(expect.objectContaining({ code: "INVALID_HTTP_OPTION" }))
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
})
