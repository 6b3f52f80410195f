import { describe, expect, it } from "vitest"
import * as z from "zod"
import { errorOf, post, resultOf, send } from "../../test/support/post.ts"
import { call, capable, rpc } from "../../test/support/rpc.ts"
import { fullServer, loggedServer, quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import { unhandledDuring } from "../../test/support/unhandled.ts"
import { contextKey } from "../components/context.ts"
import { type Call, complete, type Outcome } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import { defineMiddleware } from "./define-middleware.ts"
import type { Middleware, Next, Notice } from "./middleware.ts"
import { composeNotification } from "./onion.ts"
import { definePlugin } from "./plugin.ts"

/** Middleware that notes when it is entered and left. */
function tracing(name: string, trace: string[]): Middleware {
  const around =
    (what: string) =>
    async <P extends Params, R extends object>(_: Call<P>, next: Next<P, R>) => {
      trace.push(`${name} ${what} in`)
      const outcome = await next()
      trace.push(`${name} ${what} ${outcome.kind}`)
      return outcome
    }
  return defineMiddleware({ name, request: around("request"), callTool: around("callTool") })
}

describe("middleware", () => {
  it("is an onion: the first is the outermost, `request` around the method's own hook", async () => {
    const trace: string[] = []
    const mcp = fullServer({ middleware: [tracing("a", trace)] })
    mcp.use(tracing("b", trace))
    await resultOf(mcp, call("add", { a: 1, b: 2 }))
    expect(trace).toEqual([
      "a request in",
      "a callTool in",
      "b request in",
      "b callTool in",
      "b callTool complete",
      "b request complete",
      "a callTool complete",
      "a request complete",
    ])
  })

  it("wraps each method with the hook of its name, and only that", async () => {
    const seen: string[] = []
    const hook = (name: string) => (_: Call, next: Next) => {
      seen.push(name)
      return next()
    }
    const names = [
      "discover",
      "listTools",
      "callTool",
      "listResources",
      "listTemplates",
      "readResource",
      "listPrompts",
      "getPrompt",
      "complete",
    ] as const
    const mcp = fullServer({ middleware: [Object.fromEntries(names.map((name) => [name, hook(name)]))] })
    await post(mcp, rpc("server/discover"))
    await post(mcp, rpc("tools/list"))
    await post(mcp, call("nothing"))
    await post(mcp, rpc("resources/list"))
    await post(mcp, rpc("resources/templates/list"))
    await post(mcp, rpc("resources/read", { uri: "config://settings" }))
    await post(mcp, rpc("prompts/list"))
    await post(mcp, rpc("prompts/get", { name: "review", arguments: { code: "" } }))
    await post(
      mcp,
      rpc("completion/complete", {
        ref: { type: "ref/prompt", name: "review" },
        argument: { name: "language", value: "" },
      }),
    )
    expect(seen).toEqual(names)
  })

  it.each(["no/such", "toString", "__proto__", "tasks/get"])(
    "sees the unroutable request %s",
    async (method) => {
      const seen: unknown[] = []
      const mcp = quietServer({
        middleware: [
          {
            async request({ method: called }, next) {
              const outcome = await next()
              seen.push(called, outcome.kind === "failure" && outcome.error.code)
              return outcome
            },
          },
        ],
      })
      expect(await errorOf(mcp, rpc(method))).toMatchObject({ status: 404, code: -32601 })
      expect(seen).toEqual([method, -32601])
    },
  )

  it("sees a request of a method that is not offered", async () => {
    const seen: string[] = []
    const mcp = quietServer({
      middleware: [
        {
          request(called, next) {
            seen.push(called.method)
            return next()
          },
        },
      ],
    })
    expect(await errorOf(mcp, rpc("tools/call", {}))).toMatchObject({ code: -32601 })
    expect(seen).toEqual(["tools/call"])
  })

  it("sees notifications, may change nothing or stop them, in its order", async () => {
    const seen: string[] = []
    const mcp = quietServer({
      middleware: [
        {
          async notification({ method, params }, next) {
            seen.push(`a ${method} ${params?.n}`)
            await next()
            seen.push("a done")
          },
        },
        {
          notification({ params }, next) {
            seen.push("b")
            return params?.n === 1 ? next() : undefined
          },
        },
      ],
      plugins: [
        definePlugin({
          id: "com.example/x",
          notifications: { "notifications/x": () => void seen.push("delivered") },
        }),
      ],
    })
    await send(mcp, '{"jsonrpc":"2.0","method":"notifications/x","params":{"n":1}}')
    expect(seen.splice(0)).toEqual(["a notifications/x 1", "b", "delivered", "a done"])
    await send(mcp, '{"jsonrpc":"2.0","method":"notifications/x","params":{"n":2}}')
    await send(mcp, '{"jsonrpc":"2.0","method":"notifications/unknown","params":{"n":1}}')
    expect(seen).not.toContain("delivered")
  })

  it("sees errors as outcomes, also those of handlers of plugins, and may turn them into results", async () => {
    const outcomes: Outcome[] = []
    const mcp = quietServer({
      middleware: [
        {
          async request(_, next) {
            const outcome = await next()
            outcomes.push(outcome)
            return outcome.kind === "failure" ? complete({ instead: true }) : outcome
          },
        },
      ],
      plugins: [
        definePlugin({
          id: "com.example/x",
          methods: [
            {
              name: "x/run",
              run() {
                throw new Error("it broke")
              },
            },
          ],
        }),
      ],
    })
    expect(await resultOf(mcp, rpc("x/run"))).toMatchObject({ instead: true })
    expect(outcomes).toMatchObject([
      { kind: "failure", error: { code: -32603 }, cause: { message: "it broke" } },
    ])
  })

  it("may answer by itself, with an error and HTTP headers too", async () => {
    let runs = 0
    const mcp = quietServer({
      middleware: [
        {
          callTool: () => ({
            kind: "failure",
            error: { code: -32603, message: "Slow down." },
            http: { status: 429, headers: { "retry-after": "7" } },
          }),
        },
      ],
    })
    mcp.tool({ name: "t" }, () => ++runs)
    const { status, headers, error } = await post(mcp, call("t"))
    expect([status, headers.get("retry-after"), error?.message, runs]).toEqual([429, "7", "Slow down.", 0])
  })

  it("may change what comes out, a list too, without changing what can be called", async () => {
    const mcp = fullServer({
      middleware: [
        {
          async listTools(_, next) {
            const outcome = await next()
            return outcome.kind === "complete" ? complete({ ...outcome.result, tools: [] }) : outcome
          },
        },
      ],
    })
    expect(await resultOf(mcp, rpc("tools/list"))).toMatchObject({ tools: [] })
    expect(await resultOf(mcp, call("add", { a: 1, b: 2 }))).toMatchObject({ structuredContent: 3 })
  })

  it("leaves values for handlers under typed keys, per call", async () => {
    const user = contextKey<{ readonly name: string }>("user")
    const mcp = quietServer({
      middleware: [
        {
          request(called, next) {
            const name = called.meta?.["com.example/user"]
            if (typeof name === "string") called.set(user, { name })
            return next()
          },
        },
      ],
    })
    mcp.tool({ name: "who" }, (_, ctx) => ctx.require(user).name)
    expect(await resultOf(mcp, call("who", {}, { "com.example/user": "ada" }))).toMatchObject({
      content: [{ text: "ada" }],
    })
    expect(await resultOf(mcp, call("who"))).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("`user`") }],
    })
  })

  it("cannot send a result of an extension that the client did not declare", async () => {
    const mcp = quietServer({
      middleware: [{ discover: () => ({ kind: "extended", resultType: "report", result: {} }) }],
      plugins: [definePlugin({ id: "com.example/x", resultTypes: ["report"] })],
    })
    expect(await errorOf(mcp, rpc("server/discover"))).toMatchObject({ code: -32021 })
    const declared = capable({ extensions: { "com.example/x": {} } })
    expect(await resultOf(mcp, rpc("server/discover", {}, declared))).toMatchObject({ resultType: "report" })
  })
})

describe("middleware that breaks the rules", () => {
  const cases: readonly (readonly [what: string, hook: (call: Call, next: Next) => unknown])[] = [
    ["neither called `next()` nor returned an outcome", () => undefined],
    ["returned no outcome", async (_, next) => void (await next())],
    ["returned no outcome", (_, next) => void next()],
    ["neither called `next()` nor returned an outcome", () => ({ kind: "other" })],
    ["neither called `next()` nor returned an outcome", () => ({ content: [] })],
    ["neither called `next()` nor returned an outcome", () => null],
    ["neither called `next()` nor returned an outcome", () => ({ kind: "complete" })],
    ["neither called `next()` nor returned an outcome", async () => ({ kind: "failure" })],
    ["neither called `next()` nor returned an outcome", () => ({ kind: "extended", resultType: "task" })],
    [
      "called `next()` twice",
      async (_, next) => {
        await next()
        return next()
      },
    ],
  ]
  it.each(cases)("is told that it %s", async (what, hook) => {
    const { mcp, log } = loggedServer({ middleware: [{ name: "mine", callTool: hook as never }] })
    mcp.tool({ name: "t" }, () => 1)
    const stray = await unhandledDuring(async () => {
      expect(await errorOf(mcp, call("t"))).toMatchObject({ code: -32603 })
    })
    expect(stray).toEqual([])
    expect(log).toMatchObject([
      { error: { code: "FLEET-19", message: expect.stringContaining(`\`mine\` ${what}`) } },
    ])
  })

  it("is told in the log that it called `next()` too late, and runs nothing", async () => {
    let runs = 0
    const late = deferred<() => Promise<unknown>>()
    const { mcp, log } = loggedServer({
      middleware: [
        {
          name: "mine",
          callTool(_, next) {
            late.resolve(next)
            return complete({ content: [] })
          },
        },
      ],
    })
    mcp.tool({ name: "t" }, () => ++runs)
    const stray = await unhandledDuring(async () => {
      await resultOf(mcp, call("t"))
      const next = await late.promise
      void next()
      await settled()
    })
    expect([stray, runs]).toEqual([[], 0])
    expect(log).toMatchObject([
      { error: { code: "FLEET-19", message: expect.stringContaining("after it had") } },
    ])
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("it broke")
      },
    ],
    ["rejects", () => Promise.reject(new Error("it broke"))],
  ])("is a failure when it %s, which what is further out sees", async (_, hook) => {
    const seen: string[] = []
    const { mcp, log } = loggedServer({
      middleware: [
        {
          async request(_call, next) {
            const outcome = await next()
            if (outcome.kind === "failure" && outcome.cause instanceof Error) seen.push(outcome.cause.message)
            return outcome
          },
        },
        { callTool: hook },
      ],
    })
    mcp.tool({ name: "t" }, () => 1)
    expect(await errorOf(mcp, call("t"))).toMatchObject({ code: -32603 })
    expect(seen).toEqual(["it broke"])
    expect(log).toMatchObject([{ error: { message: "it broke" } }])
  })

  it("does not answer a notification even when it throws", async () => {
    const { mcp, log } = loggedServer({
      middleware: [
        {
          notification() {
            throw new Error("it broke")
          },
        },
      ],
    })
    const response = await send(mcp, '{"jsonrpc":"2.0","method":"notifications/x"}')
    expect([response.status, await response.text()]).toEqual([202, ""])
    expect(log).toMatchObject([{ level: "error", error: { message: "it broke" } }])
  })
})

describe("`next` with another call", () => {
  const sent = { tenant: "evil", q: 1 }
  const withTenant = defineMiddleware({
    callTool: (called, next) =>
      next(
        called.withParams({ ...called.params, arguments: { ...called.params.arguments, tenant: "acme" } }),
      ),
  })

  it("goes on with other arguments, which are validated as those sent are", async () => {
    const mcp = quietServer({ middleware: [withTenant] })
    mcp.tool({ name: "t", input: z.object({ tenant: z.string(), q: z.int() }) }, (args) => args)
    expect(await resultOf(mcp, call("t", sent))).toMatchObject({
      structuredContent: { tenant: "acme", q: 1 },
    })
    expect(await resultOf(mcp, call("t", { q: "x" }))).toMatchObject({ isError: true })
  })

  it("leaves the call as it was for what is further out", async () => {
    const seen: unknown[] = []
    const mcp = quietServer({
      middleware: [
        {
          async callTool(called, next) {
            const outcome = await next()
            seen.push(called.params.arguments)
            return outcome
          },
        },
        withTenant,
      ],
    })
    mcp.tool({ name: "t" }, () => 1)
    await resultOf(mcp, call("t", sent))
    expect(seen).toEqual([sent])
  })

  it("shares the values that are left in calls, in both directions", async () => {
    const [outer, inner] = [contextKey<string>("outer"), contextKey<string>("inner")]
    const seen: unknown[] = []
    const mcp = quietServer({
      middleware: [
        {
          async callTool(called, next) {
            called.set(outer, "from outside")
            const outcome = await next(called.withParams(called.params))
            seen.push(called.get(inner))
            return outcome
          },
        },
      ],
    })
    mcp.tool({ name: "t" }, (_, ctx) => {
      seen.push(ctx.get(outer))
      ctx.set(inner, "from inside")
    })
    await resultOf(mcp, call("t"))
    expect(seen).toEqual(["from outside", "from inside"])
  })

  it("refuses parameters that the method cannot have", async () => {
    const mcp = quietServer({
      middleware: [{ callTool: (called, next) => next(called.withParams({ name: 7 } as never)) }],
    })
    mcp.tool({ name: "t" }, () => 1)
    expect(await errorOf(mcp, call("t"))).toMatchObject({ code: -32602 })
  })

  it("is told from what a promise hands on by mistake", async () => {
    const { mcp, log } = loggedServer({
      middleware: [{ callTool: (_, next) => Promise.resolve({ not: "a call" }).then(next as never) }],
    })
    mcp.tool({ name: "t" }, () => 1)
    expect(await errorOf(mcp, call("t"))).toMatchObject({ code: -32603 })
    expect(log).toMatchObject([{ error: { code: "FLEET-19" } }])
  })
})

describe("`message`", () => {
  it("wraps requests and notifications, outside of the other hooks", async () => {
    const seen: string[] = []
    const mcp = quietServer({
      middleware: [
        {
          async message({ method }, next) {
            seen.push(`> ${method}`)
            const outcome = await next()
            seen.push(`< ${outcome?.kind}`)
            return outcome
          },
          request(called, next) {
            seen.push(called.method)
            return next()
          },
          async notification(noticed, next) {
            seen.push(noticed.method)
            await next()
          },
        },
      ],
    })
    await post(mcp, rpc("no/such"))
    await send(mcp, '{"jsonrpc":"2.0","method":"notifications/x"}')
    expect(seen).toEqual([
      "> no/such",
      "no/such",
      "< failure",
      "> notifications/x",
      "notifications/x",
      "< undefined",
    ])
  })

  it("that answers a request with nothing is misuse", async () => {
    const { mcp, log } = loggedServer({ middleware: [{ name: "mine", message: () => undefined }] })
    expect(await errorOf(mcp, rpc("tools/list"))).toMatchObject({ code: -32603 })
    expect(log).toMatchObject([{ error: { code: "FLEET-19", message: expect.stringContaining("`mine`") } }])
  })
})

describe("middleware of a class", () => {
  it("is called as its own method, and may have fields", async () => {
    class Counting {
      readonly name = "counting"
      readonly #methods: string[] = []
      seen = 0
      request(called: Call, next: Next) {
        this.#methods.push(called.method)
        this.seen += 1
        return next()
      }
      async notification(_notice: Notice, next: () => Promise<void>) {
        this.seen += 1
        await next()
      }
      get methods() {
        return this.#methods
      }
    }
    const counting = defineMiddleware(new Counting()) as Counting
    await resultOf(fullServer({ middleware: [counting] }), call("nothing"))
    await composeNotification([counting], { deliver: async () => undefined, onLate: () => undefined })(notice)
    expect([counting.methods, counting.seen]).toEqual([["tools/call"], 2])
  })
})

describe("defineMiddleware", () => {
  it.each([
    [
      { name: "mine", callTols: () => 1 },
      "FLEET-09",
      "`mine` has no option `callTols`. Did you mean `callTool`?",
    ],
    [{ onCallTool: () => 1 }, "FLEET-09", "`(unnamed)` has no option `onCallTool`. Did you mean `callTool`?"],
    [{ on_read_resource: () => 1 }, "FLEET-09", "Did you mean `readResource`?"],
    [{ on_message: () => 1 }, "FLEET-09", "Did you mean `message`?"],
    [{ callTool: "log" }, "INVALID_OPTION", 'is `"log"`. Give a function.'],
    [{ name: 5, request: () => 1 }, "INVALID_OPTION", "Give a string."],
    [() => 1, "INVALID_OPTION", "A middleware is a function. Give `{ request: (call, next) => next() }`."],
    [{ name: "", callTol: () => 1 }, "FLEET-09", "The middleware `(unnamed)`"],
    [undefined, "INVALID_OPTION", "Give an object."],
    [null, "INVALID_OPTION", "Give an object."],
  ])("refuses %j", (layer, code, text) => {
    expect(() => defineMiddleware(layer as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    )
  })

  it("takes every hook there is, and gives back what it got", () => {
    const names = ["message", "request", "notification", "callTool", "listTools", "readResource"]
    const others = ["listResources", "listTemplates", "getPrompt", "listPrompts", "complete", "discover"]
    const rest = ["listen", "initialize", "subscribe", "unsubscribe", "setLevel"]
    const layer = Object.fromEntries([...names, ...others, ...rest].map((name) => [name, () => complete({})]))
    expect(defineMiddleware(layer)).toBe(layer)
  })
})

const notice: Notice = { method: "notifications/x", params: { n: 1 }, principal: undefined }

/** Composed hooks, and what they did. */
function notified(...layers: readonly NonNullable<Middleware["notification"]>[]) {
  const done: string[] = []
  const late: string[] = []
  const middleware = layers.map((notification, index) => ({ name: `m${index}`, notification }))
  const run = composeNotification(middleware, {
    deliver: async ({ method }) => void done.push(method),
    onLate: ({ message }) => late.push(message),
  })
  return { run: () => run(notice), done, late }
}

describe("the hooks for notifications", () => {
  it("are an onion around the delivery", async () => {
    const order: string[] = []
    const layer = (name: string) => async (_: Notice, next: () => Promise<void>) => {
      order.push(`${name} in`)
      await next()
      order.push(`${name} out`)
    }
    const t = notified(layer("a"), layer("b"))
    await t.run()
    expect([order, t.done]).toEqual([["a in", "b in", "b out", "a out"], ["notifications/x"]])
  })

  it("keep a notification from what lies further in when they do not go on", async () => {
    const t = notified(() => undefined)
    await t.run()
    expect([t.done, t.late]).toEqual([[], []])
  })

  it("are refused when they go on twice, and deliver once", async () => {
    const t = notified(async (_, next) => {
      await next()
      await next()
    })
    await expect(t.run()).rejects.toMatchObject({
      code: "FLEET-19",
      message: expect.stringContaining("`m0` called `next()` twice"),
    })
    expect(t.done).toEqual(["notifications/x"])
  })

  it("are told of a `next()` after their return, and deliver nothing then", async () => {
    let kept: (() => Promise<void>) | undefined
    const t = notified((_, next) => {
      kept = next
    })
    await t.run()
    const stray = await unhandledDuring(async () => {
      void kept?.()
      await settled()
    })
    expect([stray, t.done]).toEqual([[], []])
    expect(t.late).toEqual([expect.stringContaining("after it had returned")])
  })

  it("pass on what lies further in throws", async () => {
    const t = notified(
      async (_, next) => next(),
      () => Promise.reject(new RangeError("broken")),
    )
    await expect(t.run()).rejects.toThrow("broken")
  })

  it("that throw have gone on for the last time", async () => {
    let kept: (() => Promise<void>) | undefined
    const t = notified((_, next) => {
      kept = next
      throw new RangeError("broken")
    })
    await expect(t.run()).rejects.toThrow("broken")
    await expect(kept?.()).rejects.toMatchObject({ code: "FLEET-19" })
    expect(t.done).toEqual([])
  })
})
