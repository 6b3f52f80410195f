import { describe, expect, it } from "vitest"
import { errorOf, resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { loggedServer } from "../../test/support/server.ts"
import { ToolError } from "../errors/tool.ts"

/** A server all of whose handlers throw this, at once or later. */
function throwing(thrown: unknown, { maskErrors = false, later = false } = {}) {
  const { mcp, log } = loggedServer({ maskErrors })
  const fail = () => {
    if (later) return Promise.reject(thrown)
    throw thrown
  }
  mcp.tool({ name: "fail" }, fail)
  mcp.resource("a://fail", fail)
  mcp.prompt("fail", fail)
  return { mcp, log }
}

/** The text that a model gets. */
async function textOf(thrown: unknown, options: Parameters<typeof throwing>[1] = {}): Promise<string> {
  const { mcp } = throwing(thrown, options)
  const { content, isError } = await resultOf(mcp, call("fail"))
  expect(isError).toBe(true)
  return (content as readonly { readonly text: string }[]).map(({ text }) => text).join()
}

const upstream = (fields: object) => Object.assign(new Error("GET https://internal/api failed"), fields)
const rateLimited = "The upstream service is rate limiting; try again later."
const timedOut = "The upstream service did not answer in time; try again later."

describe("what a handler throws", () => {
  const odd: readonly (readonly [what: string, thrown: unknown, text: string])[] = [
    ["an error", new Error("it broke"), "it broke"],
    ["an error of a class of its own", new (class Broken extends Error {})("it broke"), "it broke"],
    ["an error without a message", new Error(), ""],
    ["a string", "it broke", "it broke"],
    ["a number", 7, "7"],
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["a symbol", Symbol("it broke"), "Symbol(it broke)"],
    ["a bigint", 7n, "7"],
    ["an object", { a: 1 }, "[object Object]"],
    ["an object without a prototype", Object.create(null), "object"],
    [
      "an object whose toString throws",
      {
        toString: () => {
          throw new Error("no")
        },
      },
      "object",
    ],
    ["a function", () => 1, "() => 1"],
  ]
  it.each(odd)("may be %s", async (_, thrown, text) => {
    for (const later of [false, true]) {
      expect(await textOf(thrown, { later })).toBe(`Error calling tool 'fail': ${text}`)
    }
  })

  const hostile: readonly (readonly [what: string, thrown: unknown])[] = [
    [
      "a message that throws",
      Object.defineProperty(new Error(), "message", {
        get: () => {
          throw new Error("no")
        },
      }),
    ],
    [
      "a name that throws",
      Object.defineProperty(new Error("x"), "name", {
        get: () => {
          throw new Error("no")
        },
      }),
    ],
    ["a message that is a symbol", Object.defineProperty(new Error(), "message", { value: Symbol("x") })],
    [
      "a revoked proxy",
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      })(),
    ],
  ]
  it.each(hostile)("may have or be %s: the call is answered, and logged", async (_, thrown) => {
    const { mcp, log } = throwing(thrown)
    const response = await resultOf(mcp, call("fail")).catch((error: Error) => error.message)
    expect(JSON.stringify(response)).toMatch(/isError|-32603/)
    expect(log.length).toBeGreaterThan(0)
    expect(await errorOf(mcp, rpc("resources/read", { uri: "a://fail" }))).toMatchObject({ code: -32603 })
    expect(await errorOf(mcp, rpc("prompts/get", { name: "fail" }))).toMatchObject({ code: -32603 })
  })

  it("is logged whole under the id that the client gets", async () => {
    const thrown = new Error("it broke", { cause: "why" })
    const { mcp, log } = throwing(thrown)
    const result = await resultOf(mcp, call("fail"))
    const [record] = log
    expect(record).toMatchObject({ level: "error", error: thrown })
    expect(result._meta).toMatchObject({ "fleetmcp/errorId": record?.errorId })
  })

  it.each([
    ["resource", rpc("resources/read", { uri: "a://fail" }), "Error reading resource 'a://fail'"],
    ["prompt", rpc("prompts/get", { name: "fail" }), "Error getting prompt 'fail'"],
  ])("in a %s is -32603 with the id", async (_, request, text) => {
    const { mcp, log } = throwing(new Error("it broke"))
    const error = await errorOf(mcp, request)
    expect(error).toMatchObject({ code: -32603, message: `${text}: it broke` })
    expect(error.data).toEqual({ errorId: log[0]?.errorId })
    const masked = await errorOf(throwing(new Error("it broke"), { maskErrors: true }).mcp, request)
    expect(masked.message).toBe(text)
  })
})

describe("maskErrors", () => {
  it.each([
    ["an error", new Error("password=hunter2")],
    ["a string", "password=hunter2"],
    ["an error with a cause", new Error("x", { cause: "hunter2" })],
    ["an error of several", new AggregateError([new Error("hunter2")], "hunter2")],
  ])("hides %s", async (_, thrown) => {
    expect(await textOf(thrown, { maskErrors: true })).toBe("Error calling tool 'fail'")
  })

  const readable: readonly (readonly [what: string, thrown: unknown, text: string])[] = [
    ["429 as a status", upstream({ status: 429 }), rateLimited],
    ["429 as a status code", upstream({ statusCode: 429 }), rateLimited],
    ["429 of a response", upstream({ response: { status: 429, url: "https://internal" } }), rateLimited],
    ["a time-out of fetch", new DOMException("The operation timed out.", "TimeoutError"), timedOut],
    ["ETIMEDOUT", upstream({ code: "ETIMEDOUT" }), timedOut],
    ["a connect time-out of undici", upstream({ code: "UND_ERR_CONNECT_TIMEOUT" }), timedOut],
    [
      "what fetch says of a time-out below it",
      upstream({ cause: upstream({ code: "UND_ERR_HEADERS_TIMEOUT" }) }),
      timedOut,
    ],
  ]
  it.each(readable)("says in fixed words what a model can act on: %s", async (_, thrown, text) => {
    expect(await textOf(thrown, { maskErrors: true })).toBe(text)
    expect(await textOf(thrown)).toBe(text)
  })

  it("lets what is said to the model pass, and does not log it", async () => {
    const { mcp, log } = throwing(new ToolError("Try another city."), { maskErrors: true })
    expect(await resultOf(mcp, call("fail"))).toMatchObject({
      content: [{ text: "Try another city." }],
      isError: true,
    })
    expect(log).toEqual([])
  })

  it("lets what is said to the model pass from resources and prompts, too", async () => {
    const { mcp, log } = throwing(new ToolError("Try another city."), { maskErrors: true })
    const error = await errorOf(mcp, rpc("prompts/get", { name: "fail" }))
    expect(error).toMatchObject({ code: -32603, message: "Try another city." })
    expect(log).toEqual([])
  })

  it("hides no complaint about arguments", async () => {
    const { mcp } = loggedServer({ maskErrors: true })
    mcp.tool({ name: "t", input: { type: "object", required: ["a"] } }, () => 1)
    expect(JSON.stringify(await resultOf(mcp, call("t")))).toContain("`a`")
  })
})
