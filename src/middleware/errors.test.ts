import { describe, expect, it, vi } from "vitest"
import { errorOf, resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { loggedServer } from "../../test/support/server.ts"
import { settled } from "../../test/support/timing.ts"
import { ToolError } from "../errors/tool.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import { type ErrorsOptions, errors } from "./errors.ts"

class NotFound extends Error {}

/** A server whose handlers throw this. */
function failing(thrown: unknown, options: ErrorsOptions = {}) {
  const failures = errors(options)
  const { mcp, log } = loggedServer({ middleware: [failures] })
  const fail = () => {
    throw thrown
  }
  mcp.tool({ name: "fail" }, fail)
  mcp.tool({ name: "fine" }, () => "fine")
  mcp.resource("a://fail", fail)
  mcp.prompt("fail", fail)
  return { mcp, log, failures }
}

async function textOf(mcp: Pick<FleetMCP, "fetch">): Promise<unknown> {
  const { content, isError } = await resultOf(mcp, call("fail"))
  expect(isError).toBe(true)
  return (content as readonly { readonly text: string }[])[0]?.text
}

const read = () => rpc("resources/read", { uri: "a://fail" })

describe("errors()", () => {
  it("tells clients nothing of what a handler threw", async () => {
    const { mcp } = failing(new Error("password: 1234"))
    expect(await textOf(mcp)).toBe("Error calling tool 'fail'")
    expect(await errorOf(mcp, read())).toMatchObject({
      code: -32603,
      message: "Error reading resource 'a://fail'",
    })
  })

  it("keeps the id under which the whole error is in the log", async () => {
    const { mcp, log } = failing(new Error("it broke"))
    const { _meta } = await resultOf(mcp, call("fail"))
    expect(_meta).toMatchObject({ "fleetmcp/errorId": log[0]?.errorId })
  })

  it("shows what a handler threw where it is told to, though the server masks it", async () => {
    const shown = errors({ mask: (_, { target }) => target !== "fail" })
    const { mcp } = loggedServer({ middleware: [shown], maskErrors: true })
    mcp.tool({ name: "fail" }, () => Promise.reject(new Error("it broke")))
    expect(await textOf(mcp)).toBe("Error calling tool 'fail': it broke")
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["gives a promise", () => Promise.resolve(false)],
    ["gives nothing", () => undefined],
  ])("masks where the function that is asked %s", async (_, mask) => {
    const { mcp } = failing(new Error("it broke"), { mask: mask as unknown as () => boolean })
    expect(await textOf(mcp)).toBe("Error calling tool 'fail'")
  })

  it("leaves words alone that are meant for the model", async () => {
    const { mcp } = failing(new ToolError("Ask for another order."))
    expect(await textOf(mcp)).toBe("Ask for another order.")
  })

  it("leaves the result of a tool alone that failed without throwing", async () => {
    const { mcp, failures } = failing(new Error())
    const { isError } = await resultOf(mcp, call("fine", { odd: 1 }))
    expect([isError, failures.counts()]).toEqual([true, { "tool_error:tools/call": 1 }])
  })
})

describe("a rule of errors()", () => {
  const rules = [{ type: NotFound, message: "There is no such order." }]

  it("words the result of a tool", async () => {
    const { mcp } = failing(new NotFound("orders/7"), { rules })
    expect(await textOf(mcp)).toBe("There is no such order.")
  })

  it("words what other methods are answered with, and keeps its code", async () => {
    const { mcp } = failing(new NotFound("orders/7"), { rules })
    expect(await errorOf(mcp, read())).toMatchObject({ code: -32603, message: "There is no such order." })
  })

  it("with a code makes an error of the protocol of a tool that failed", async () => {
    const { mcp } = failing(new NotFound("orders/7"), { rules: [{ type: NotFound, code: -32001 }] })
    expect(await errorOf(mcp, call("fail"))).toMatchObject({
      code: -32001,
      message: "Error calling tool 'fail'",
    })
  })

  it("finds what it is for among causes, also of an error that speaks to the model", async () => {
    const cause = new Error("outer", { cause: new NotFound("orders/7") })
    const { mcp } = failing(Object.assign(new ToolError("words"), { cause }), { rules })
    expect(await textOf(mcp)).toBe("There is no such order.")
  })

  it("looks at no more causes than there are, though they go round in circles", async () => {
    const thrown = new Error("it broke")
    thrown.cause = new Error("inner", { cause: thrown })
    const when = vi.fn(() => false)
    const { mcp } = failing(thrown, { rules: [{ when, code: 1 }] })
    await resultOf(mcp, call("fail"))
    expect(when).toHaveBeenCalledTimes(2)
  })

  it("is passed over where its function throws or gives a promise", async () => {
    const odd = [
      {
        when: () => {
          throw new Error("no")
        },
        code: 1,
      },
      { when: (() => Promise.resolve(true)) as unknown as () => boolean, code: 2 },
    ]
    const { mcp } = failing(new NotFound(), { rules: [...odd, ...rules] })
    expect(await textOf(mcp)).toBe("There is no such order.")
  })

  it("answers for middleware further in that throws", async () => {
    const { mcp } = failing(new Error(), { rules: [{ type: NotFound, code: -32001, message: "Nowhere." }] })
    mcp.use({
      request() {
        throw new NotFound("secret")
      },
    })
    expect(await errorOf(mcp, call("fine"))).toMatchObject({ code: -32001, message: "Nowhere." })
  })

  it.each([
    [{}, "for no errors"],
    [{ type: NotFound }, "without an answer"],
    [{ type: NotFound, when: () => true, code: 1 }, "for no errors"],
    [{ type: NotFound, message: "x", http: { status: 404 } }, "without an answer"],
    [{ type: NotFound, code: 1.5 }, "whole number"],
    [{ typ: NotFound }, "typ"],
  ])("is refused where it says too little or too much: %o", (rule, words) => {
    expect(() => errors({ rules: [rule as object] })).toThrow(words)
  })
})

describe("what errors() tells of failed calls", () => {
  it("is what was thrown, by tools too", async () => {
    const onError = vi.fn()
    const thrown = new NotFound("orders/7")
    const { mcp } = failing(thrown, { onError })
    await resultOf(mcp, call("fail"))
    await errorOf(mcp, read())
    await errorOf(mcp, rpc("prompts/get", { name: "fail" }))
    expect(onError.mock.calls.map(([error, { method }]) => [error === thrown, method])).toEqual([
      [true, "tools/call"],
      [true, "resources/read"],
      [true, "prompts/get"],
    ])
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["never comes back", () => new Promise(() => undefined)],
  ])("fails no call where who hears it %s", async (_, onError) => {
    const { mcp } = failing(new Error("it broke"), { onError })
    expect(await textOf(mcp)).toBe("Error calling tool 'fail'")
    await settled()
  })

  it("is counted by kind and method", async () => {
    const { mcp, failures } = failing(new NotFound())
    await resultOf(mcp, call("fail"))
    await resultOf(mcp, call("fail"))
    await errorOf(mcp, read())
    await errorOf(mcp, call("nothing"))
    expect(failures.counts()).toEqual({
      "NotFound:tools/call": 2,
      "NotFound:resources/read": 1,
      "UNKNOWN_TOOL:tools/call": 1,
    })
  })

  it("is counted in one place for methods that clients make up", async () => {
    const { mcp, failures } = failing(new Error())
    for (let n = 0; n < 20; n++) await errorOf(mcp, rpc(`made/up${n}`))
    expect(failures.counts()).toEqual({ "METHOD_NOT_FOUND:(unknown)": 20 })
  })

  it("is counted together beyond so many kinds", async () => {
    let n = 0
    const failures = errors({ maxCounts: 3 })
    const { mcp } = loggedServer({ middleware: [failures] })
    mcp.tool({ name: "fail" }, () => {
      throw Object.assign(new Error(), { name: `Kind${n++}` })
    })
    for (let times = 0; times < 10; times++) await resultOf(mcp, call("fail"))
    expect(failures.counts()).toMatchObject({ "(other)": 7 })
    failures.reset()
    expect(failures.counts()).toEqual({})
  })

  it("may be of anything that can be thrown", async () => {
    const odd = [null, undefined, 7, Symbol("x"), Object.create(null)]
    for (const thrown of odd) {
      const { mcp, failures } = failing(thrown, { onError: () => undefined })
      await resultOf(mcp, call("fail"))
      expect(Object.keys(failures.counts())).toHaveLength(1)
    }
  })
})

describe("the names of methods", () => {
  it("are not counted where clients made them up, whatever refused them", async () => {
    const failures = errors()
    const refusing = defineMiddleware({
      name: "rateLimit",
      request: () => ({ kind: "failure", error: { code: -32000, message: "Too many." } }),
    })
    const { mcp } = loggedServer({ middleware: [failures, refusing] })
    for (const name of ["a", "b", "c".repeat(10_000)]) await errorOf(mcp, rpc(name))
    expect(failures.counts()).toEqual({ "-32000:(unknown)": 3 })
  })
})
