import { describe, expect, it, vi } from "vitest"
import { retry } from "../../test/support/asking.ts"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { errorOf, post, resultOf, send } from "../../test/support/post.ts"
import { call, capable, rpc, withHeaders } from "../../test/support/rpc.ts"
import { fullServer, loggedServer, quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import {
  defineMiddleware,
  definePlugin,
  defineTransform,
  type Method,
  memoryEventBus,
  type Plugin,
  type Provider,
  tool,
} from "../index.ts"
import { defineExtension } from "./plugin.ts"

/** An extension of the kind that tasks are: all its parts, by public names alone. */
function reports(bus = memoryEventBus()) {
  const seen: string[] = []
  const make: Method = {
    name: "reports/make",
    nameParam: "report",
    check: ({ report }) => (typeof report === "string" ? undefined : "`report` must be a string."),
    run: ({ params }) => ({ kind: "extended", resultType: "report", result: { report: params.report } }),
  }
  const extra: Provider = {
    name: "reports",
    list: (kind) => {
      const component = tool({ name: "report" }, () => "a report")
      // The kind that is asked for is the one that is given.
      return (kind === "tool" ? [{ component, owner: "reports", invoke: component.invoke }] : []) as never
    },
  }
  const plugin = definePlugin({
    id: "com.example/reports",
    settings: { formats: ["pdf"] },
    methods: [make],
    notifications: { "notifications/reports/read": ({ params }) => void seen.push(`read ${params?.report}`) },
    resultTypes: ["report"],
    listenFilters: {
      "com.example/reports": {
        honor: (wanted) => (Array.isArray(wanted) ? wanted.filter((id) => id !== "secret") : undefined),
        passes: ({ params }, honored) => (honored as readonly unknown[]).includes(params?.report),
      },
    },
    middleware: [
      {
        request(called, next) {
          seen.push(called.method)
          return next()
        },
      },
    ],
    providers: [extra],
    routes: { "GET /reports": () => new Response("all reports") },
    lifespan: async () => {
      seen.push("started")
      return async () => void seen.push("stopped")
    },
  })
  const publish = (report: string) =>
    bus.publish({ topic: "com.example/reports", method: "notifications/reports/ready", params: { report } })
  return { plugin, seen, bus, publish }
}

const declared = capable({ extensions: { "com.example/reports": {} } })
const make = (report: unknown) => {
  const request = rpc("reports/make", { report }, declared)
  return typeof report === "string" ? withHeaders(request, { "mcp-name": report }) : request
}

describe("a plugin", () => {
  it("adds a method, checked as those of the core are", async () => {
    const mcp = quietServer({ plugins: [reports().plugin] })
    expect(await resultOf(mcp, make("a"))).toMatchObject({ resultType: "report", report: "a" })
    expect(await errorOf(mcp, make(7))).toMatchObject({
      code: -32602,
      message: expect.stringContaining("`report`"),
    })
    expect(await errorOf(mcp, withHeaders(make("a"), { "mcp-name": "b" }))).toMatchObject({ code: -32020 })
  })

  it("hears notifications, after the middleware", async () => {
    const { plugin, seen } = reports()
    const mcp = quietServer({ plugins: [plugin] })
    await send(mcp, '{"jsonrpc":"2.0","method":"notifications/reports/read","params":{"report":"a"}}')
    expect(seen).toEqual(["started", "read a"])
  })

  it("serves a listen filter: its honored part, its events and no others", async () => {
    const { plugin, bus, publish } = reports()
    const mcp = quietServer({ plugins: [plugin], bus })
    const channel = new FakeChannel()
    const wanted = { "com.example/reports": ["a", "b", "secret"] }
    const answer = handle(mcp, rpc("subscriptions/listen", { notifications: wanted }, declared), channel)
    await settled()
    for (const report of ["a", "c", "secret", "b"]) publish(report)
    await settled()
    await mcp.close()
    const { notifications } = await answer
    expect(notifications.map(({ params }) => params?.notifications ?? params?.report)).toEqual([
      { "com.example/reports": ["a", "b"] },
      "a",
      "b",
    ])
  })

  it("brings providers, transforms, middleware and routes", async () => {
    const { plugin, seen } = reports()
    const hide = defineTransform({
      name: "hide",
      find: (_kind, id, next) => (id === "add" ? undefined : next(id)),
    })
    const mcp = fullServer({
      plugins: [plugin, definePlugin({ id: "com.example/hide", transforms: [hide] })],
    })
    expect(await resultOf(mcp, call("report"))).toMatchObject({ content: [{ text: "a report" }] })
    expect(await errorOf(mcp, call("add", { a: 1, b: 2 }))).toMatchObject({ code: -32602 })
    expect(seen).toContain("tools/call")
    const response = await mcp.fetch(new Request("http://localhost/reports"))
    expect(await response.text()).toBe("all reports")
  })

  it("starts before the first request and stops last, once each", async () => {
    const { plugin, seen } = reports()
    const mcp = quietServer({ plugins: [plugin] })
    await Promise.all([post(mcp, rpc("server/discover")), post(mcp, rpc("server/discover"))])
    await mcp.close()
    await mcp.close()
    expect(seen).toEqual(["started", "server/discover", "server/discover", "stopped"])
  })

  it("is started before the next request where it comes later, and stopped with the others", async () => {
    const { plugin, seen } = reports()
    const mcp = fullServer()
    await post(mcp, rpc("server/discover"))
    mcp.plugin(plugin)
    expect(seen).toEqual([])
    await post(mcp, rpc("server/discover"))
    await mcp.close()
    expect(seen).toEqual(["started", "server/discover", "stopped"])
  })

  it("that did not start is tried again by the next request, and those before it are not", async () => {
    const started: string[] = []
    const start = (name: string, fails = 0) => {
      let tries = 0
      return async () => {
        started.push(name)
        if (tries++ < fails) throw new Error("not yet")
        return undefined
      }
    }
    const mcp = quietServer({
      plugins: [
        definePlugin({ id: "com.example/a", lifespan: start("a") }),
        definePlugin({ id: "com.example/b", lifespan: start("b", 1) }),
        definePlugin({ id: "com.example/c", lifespan: start("c") }),
      ],
    })
    expect((await post(mcp, rpc("server/discover"))).status).toBe(500)
    expect((await post(mcp, rpc("server/discover"))).status).toBe(200)
    expect(started).toEqual(["a", "b", "a", "b", "c"])
  })

  it("may not call the server that waits for it", async () => {
    const mcp = fullServer()
    const errors: unknown[] = []
    const lifespan = async () => {
      await settled()
      await mcp.callTool("nothing").catch((error: unknown) => errors.push(error))
      await mcp.start().catch((error: unknown) => errors.push(error))
      return undefined
    }
    mcp.plugin(definePlugin({ id: "com.example/warm", lifespan }))
    await mcp.start()
    expect(errors).toMatchObject([{ code: "STARTING_SERVER" }, { code: "STARTING_SERVER" }])
  })

  it("is waited for when it comes while the start of others ends", async () => {
    const mcp = fullServer()
    const gate = deferred()
    const order: string[] = []
    const slow = async () => {
      await gate.promise
      return undefined
    }
    mcp.plugin(definePlugin({ id: "com.example/one", lifespan: slow }))
    const starting = mcp.start()
    const late = gate.promise
      .then(() => undefined)
      .then(() => {
        const lifespan = async () => {
          await settled()
          order.push("two started")
          return undefined
        }
        mcp.plugin(definePlugin({ id: "com.example/two", lifespan }))
        return mcp.callTool("nothing").then(() => order.push("called"))
      })
    gate.resolve()
    await Promise.all([starting, late])
    expect(order).toEqual(["two started", "called"])
  })

  it("that neither starts nor stops does not keep the server from closing", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const { mcp, log } = loggedServer({
      plugins: [
        definePlugin({ id: "com.example/a", lifespan: async () => () => new Promise(() => undefined) }),
        definePlugin({ id: "com.example/b", lifespan: () => new Promise(() => undefined) }),
      ],
    })
    mcp.start().catch(() => undefined)
    await settled()
    const closed = mcp.close({ graceMs: 10 })
    await settled()
    await vi.advanceTimersByTimeAsync(5000)
    await vi.advanceTimersByTimeAsync(5000)
    await closed
    vi.useRealTimers()
    expect(log.map(({ error }) => (error as { code: string }).code)).toEqual([
      "LIFESPAN_TIMEOUT",
      "LIFESPAN_TIMEOUT",
    ])
  })

  it("leaves nothing behind where one of its providers cannot be listened to", async () => {
    const mcp = quietServer()
    const run = () => ({ kind: "complete" as const, result: {} })
    const id = "com.example/x"
    const broken: Provider = {
      name: "broken",
      list: () => [],
      onChange() {
        throw new Error("boom")
      },
    }
    expect(() =>
      mcp.plugin(definePlugin({ id, methods: [{ name: "x/y", run }], providers: [broken] })),
    ).toThrow("boom")
    expect(await errorOf(mcp, rpc("x/y"))).toMatchObject({ code: -32601 })
    mcp.plugin(definePlugin({ id, methods: [{ name: "x/y", run }] }))
    expect(await resultOf(mcp, rpc("x/y"))).toMatchObject({ resultType: "complete" })
  })

  it("asks the client from a method of its own", async () => {
    const ask: Method = {
      name: "reports/ask",
      mayAsk: true,
      async run({ exchange }) {
        const question = { method: "roots/list", params: undefined, key: "where" } as const
        const [answer] = await exchange.ask([question])
        return { kind: "complete", result: { roots: answer?.roots } }
      },
    }
    const mcp = quietServer({ plugins: [definePlugin({ id: "com.example/x", methods: [ask] })] })
    const request = rpc("reports/ask", {}, capable())
    const first = await resultOf(mcp, request)
    expect(first).toMatchObject({ resultType: "input_required", inputRequests: { where: {} } })
    const roots = [{ uri: "file:///x" }]
    expect(await resultOf(mcp, retry(request, first, { where: { roots } }))).toMatchObject({ roots })
  })

  it("asks the client from its middleware, before the handler runs", async () => {
    const runs: string[] = []
    const mcp = quietServer({
      middleware: [
        {
          async callTool({ exchange }, next) {
            await exchange.ask([{ method: "roots/list", params: undefined, key: "where" }])
            return next()
          },
        },
      ],
    })
    mcp.tool({ name: "t" }, () => void runs.push("ran"))
    const request = call("t", {}, capable())
    const first = await resultOf(mcp, request)
    expect([first.resultType, runs]).toEqual(["input_required", []])
    const second = await resultOf(mcp, retry(request, first, { where: { roots: [] } }))
    expect([second.resultType, runs]).toEqual(["complete", ["ran"]])
  })

  it("asks the client from middleware that swallows the suspension, all the same", async () => {
    const ask = { method: "roots/list", params: undefined, key: "where" } as const
    const mcp = quietServer({
      middleware: [
        {
          callTool: ({ exchange }, next) =>
            exchange.ask([ask]).then(
              () => next(),
              () => next(),
            ),
        },
      ],
    })
    mcp.tool({ name: "t" }, () => "ran")
    expect(await resultOf(mcp, call("t", {}, capable()))).toMatchObject({ resultType: "input_required" })
  })

  it("starts before the first call from its own process, too", async () => {
    const { plugin, seen } = reports()
    const mcp = fullServer({ plugins: [plugin] })
    await mcp.callTool("nothing")
    expect(seen).toEqual(["started", "tools/call"])
  })

  it("that does not start is told to every caller, and logged", async () => {
    const lifespan = () => Promise.reject(new Error("no database"))
    const { mcp, log } = loggedServer({ plugins: [definePlugin({ id: "com.example/x", lifespan })] })
    const request = rpc("server/discover")
    const { status, id, error } = await post(mcp, request)
    expect([status, id, error?.code]).toEqual([500, request.message.id, -32603])
    expect(error?.message).not.toContain("database")
    expect(log).toMatchObject([{ error: { code: "LIFESPAN_FAILED", cause: { message: "no database" } } }])
    await expect(mcp.callTool("x")).rejects.toThrow("no database")
  })

  it.each([
    ["rejects", async () => Promise.reject(new Error("stuck"))],
    [
      "throws",
      () => {
        throw new Error("stuck")
      },
    ],
  ])("whose teardown %s keeps no other from stopping", async (_, teardown) => {
    const stopped: string[] = []
    const { mcp, log } = loggedServer({
      plugins: [
        definePlugin({ id: "com.example/a", lifespan: async () => async () => void stopped.push("a") }),
        definePlugin({ id: "com.example/b", lifespan: async () => teardown as () => Promise<void> }),
        definePlugin({ id: "com.example/c", lifespan: async () => async () => void stopped.push("c") }),
      ],
    })
    await mcp.start()
    await mcp.close()
    expect(stopped).toEqual(["c", "a"])
    expect(log).toMatchObject([{ error: { message: "stuck" } }])
  })

  it("may come later, also when the server already answers", async () => {
    const mcp = fullServer()
    expect(await errorOf(mcp, make("a"))).toMatchObject({ code: -32601 })
    mcp.plugin(reports().plugin)
    expect(await resultOf(mcp, make("a"))).toMatchObject({ report: "a" })
    const response = await mcp.fetch(new Request("http://localhost/reports"))
    expect(response.status).toBe(200)
  })
})

describe("a plugin that clashes", () => {
  const run = () => ({ kind: "complete" as const, result: {} })
  const filter = { honor: () => true, passes: () => true }
  const clashes: readonly (readonly [what: string, plugin: Plugin])[] = [
    ["the id of another", { id: "com.example/reports" }],
    ["a method of the core", { id: "com.example/x", methods: [{ name: "tools/call", run }] }],
    ["a method of another", { id: "com.example/x", methods: [{ name: "reports/make", run }] }],
    [
      "a method twice",
      {
        id: "com.example/x",
        methods: [
          { name: "x/y", run },
          { name: "x/y", run },
        ],
      },
    ],
    ["a filter of the core", { id: "com.example/x", listenFilters: { toolsListChanged: filter } }],
    ["a filter of another", { id: "com.example/x", listenFilters: { "com.example/reports": filter } }],
    ["a result type of the core", { id: "com.example/x", resultTypes: ["complete"] }],
    ["a result type of another", { id: "com.example/x", resultTypes: ["report"] }],
    ["a method that JSON-RPC reserves", { id: "com.example/x", methods: [{ name: "rpc.x", run }] }],
    ["an id of the protocol", { id: "io.modelcontextprotocol/reports" }],
    ["another id that the protocol reserves", { id: "dev.mcp/reports" }],
    ["no prefix", { id: "x" }],
    ["an empty name", { id: "com.example/" }],
  ]
  it.each(clashes)("by %s is refused, and leaves nothing behind", async (_, plugin) => {
    const mcp = quietServer({ plugins: [reports().plugin] })
    const before = await resultOf(mcp, rpc("server/discover"))
    expect(() => mcp.plugin(definePlugin({ ...plugin, middleware: [{ request: run }] }))).toThrow(
      expect.objectContaining({ code: "INVALID_PLUGIN" }),
    )
    expect(await resultOf(mcp, rpc("server/discover"))).toEqual(before)
  })
})

describe("a plugin that is misspelt", () => {
  const cases: readonly (readonly [options: object, code: string, text: string])[] = [
    [{ id: "com.example/x", method: [] }, "FLEET-09", "Did you mean `methods`?"],
    [{ id: "com.example/x", onn: {} }, "FLEET-09", "The plugin has no option `onn`"],
    [{ name: "x" }, "FLEET-09", "Use `id`."],
    [{ id: "com.example/x", on: { calls: {} } }, "FLEET-09", "Did you mean `call`?"],
    [{ id: "com.example/x", on: { call: { begin: () => 1 } } }, "FLEET-09", "It has `start` and `end`."],
    [{ id: "com.example/x", methods: [{ name: "x/y", handler: () => 1 }] }, "FLEET-09", "`handler`"],
    [{ id: "com.example/x", middleware: [{ callTols: () => 1 }] }, "FLEET-09", "`callTool`"],
    [{}, "INVALID_OPTION", "`id`"],
    [{ id: 5 }, "INVALID_OPTION", "Give a string."],
    [{ id: "com.example/x", methods: {} }, "INVALID_OPTION", "Give a list."],
    [
      { id: "com.example/x", methods: [{ name: "x/y" }] },
      "INVALID_OPTION",
      "`run` of a method of the plugin",
    ],
    [{ id: "com.example/x", listenFilters: { x: { honor: () => 1 } } }, "INVALID_OPTION", "`passes`"],
    [{ id: "com.example/x", lifespan: {} }, "INVALID_OPTION", "Give a function, what `lifespan()` made"],
    [[], "INVALID_OPTION", "Give an object."],
  ]
  it.each(cases)("as %j is refused where it is defined", (options, code, text) => {
    const refusal = expect.objectContaining({ code, message: expect.stringContaining(text) })
    expect(() => definePlugin(options as never)).toThrow(refusal)
  })

  it.each<[string, unknown]>([
    ["a plain object", { id: "com.example/x" }],
    ["a plugin that was changed", { ...definePlugin({ id: "com.example/x" }), id: "x" }],
    ["nothing", undefined],
    ["a text", "com.example/x"],
  ])("is not added where it is %s", (_, plugin) => {
    const refusal = expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining("Make it by `definePlugin({ … })`."),
    })
    expect(() => quietServer().plugin(plugin as never)).toThrow(refusal)
    expect(() => quietServer({ plugins: [plugin as never] })).toThrow(refusal)
  })

  it("is defined once: what was defined is the same when it is defined again", () => {
    const plugin = definePlugin({ id: "com.example/x" })
    expect(definePlugin(plugin)).toBe(plugin)
  })

  it("that another copy of the package defined is added", async () => {
    vi.resetModules()
    const other = await import("./plugin.ts")
    expect(other.definePlugin).not.toBe(definePlugin)
    const mcp = quietServer({ plugins: [reports().plugin, other.definePlugin({ id: "com.example/x" })] })
    const { capabilities } = await resultOf(mcp, rpc("server/discover"))
    expect(capabilities).toMatchObject({ extensions: { "com.example/reports": {}, "com.example/x": {} } })
  })
})

describe("an extension of the protocol", () => {
  it("is added under its reserved id, when ours define it", async () => {
    const tasks = defineExtension({ id: "io.modelcontextprotocol/tasks" })
    const mcp = quietServer({ plugins: [tasks] })
    expect(await resultOf(mcp, rpc("server/discover"))).toMatchObject({
      capabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } },
    })
  })

  it("is no way round for a copy", () => {
    const tasks = defineExtension({ id: "io.modelcontextprotocol/tasks" })
    expect(() => definePlugin({ ...tasks })).toThrow(expect.objectContaining({ code: "INVALID_PLUGIN" }))
  })

  it("is otherwise checked as any plugin is", () => {
    expect(() => defineExtension({ id: "x" })).toThrow(expect.objectContaining({ code: "INVALID_PLUGIN" }))
  })
})

it("defines a plugin once, however often it is passed on", () => {
  const plugin = definePlugin({ id: "com.example/x" })
  expect(definePlugin(plugin)).toBe(plugin)
})

describe("hooks", () => {
  it("hear of calls as they start and end, also of those nobody routes", async () => {
    const heard: unknown[] = []
    const mcp = fullServer({
      plugins: [
        definePlugin({
          id: "com.example/telemetry",
          on: {
            call: {
              start: ({ method }) => `span of ${method}`,
              end: (_, outcome, started) => heard.push([started, outcome.kind]),
            },
          },
        }),
      ],
    })
    await post(mcp, call("add", { a: 1, b: 2 }))
    await post(mcp, rpc("no/such"))
    await mcp.callTool("nothing")
    expect(heard).toEqual([
      ["span of tools/call", "complete"],
      ["span of no/such", "failure"],
      ["span of tools/call", "complete"],
    ])
  })

  it("that throw change no call and are logged", async () => {
    const fails = () => {
      throw new Error("no collector")
    }
    const { mcp, log } = loggedServer({
      plugins: [definePlugin({ id: "com.example/telemetry", on: { call: { start: fails, end: fails } } })],
    })
    mcp.tool({ name: "t" }, () => "done")
    expect(await resultOf(mcp, call("t"))).toMatchObject({ content: [{ text: "done" }] })
    expect(log).toMatchObject([
      { error: { message: "no collector" } },
      { error: { message: "no collector" } },
    ])
  })
})

it.each(["toString", "constructor", "__proto__", "hasOwnProperty"])(
  "takes the notification `%s` for one that nobody hears",
  async (method) => {
    const { mcp, log } = loggedServer({ plugins: [definePlugin({ id: "com.example/x", notifications: {} })] })
    const response = await send(mcp, JSON.stringify({ jsonrpc: "2.0", method }))
    expect([response.status, log]).toEqual([202, []])
  },
)

describe("definePlugin", () => {
  it("keeps what its class has, and its methods keep their `this`", async () => {
    const seen: string[] = []
    class Clock {
      readonly id = "com.example/clock"
      readonly #zone = "UTC"
      async lifespan() {
        seen.push(this.#zone)
        return undefined
      }
      get methods() {
        return [
          { name: "com.example/now", run: async () => ({ kind: "complete", result: { at: 1 } }) as const },
        ]
      }
      get settings() {
        return { zone: this.#zone }
      }
    }
    const mcp = quietServer({ plugins: [definePlugin(new Clock())] })
    await mcp.start()
    expect(seen).toEqual(["UTC"])
    expect(definePlugin(new Clock())).toMatchObject({ settings: { zone: "UTC" }, methods: [{}] })
  })

  it("gives a lifespan its `this`, too, where it is plain", async () => {
    const seen: unknown[] = []
    const plugin = definePlugin({
      id: "com.example/clock",
      async lifespan() {
        seen.push(this.id)
        return undefined
      },
    })
    await quietServer({ plugins: [plugin] }).start()
    expect(seen).toEqual(["com.example/clock"])
  })

  it.each([
    ["a provider without a list", { providers: [{ name: "p" }] }, "`list` of the provider"],
    ["a provider that is none", { providers: [5] }, "the provider is `5`"],
    ["a transform that is none", { transforms: [null] }, "the transform is `null`"],
    [
      "a listener that is none",
      { notifications: { x: 5 } },
      "`notifications` of the plugin is an object. Give an object of functions.",
    ],
    [
      "settings that are no JSON",
      { settings: { n: 10n } },
      "`settings` of the plugin is an object. Give an object of JSON values.",
    ],
  ])("is judged before anything is added: %s", (_, fields, text) => {
    expect(() => definePlugin({ id: "com.example/x", ...fields } as never)).toThrow(text)
  })
})

it("leaves nothing of a plugin whose middleware cannot be attached", async () => {
  const broken = defineMiddleware({
    name: "broken",
    attach() {
      throw new TypeError("nope")
    },
  })
  const component = tool({ name: "of_plugin" }, () => 1)
  const provider = { name: "p", list: () => [{ component, owner: "p", invoke: component.invoke }] } as never
  const mcp = quietServer()
  const plugin = definePlugin({ id: "com.example/half", middleware: [broken], providers: [provider] })
  expect(() => mcp.plugin(plugin)).toThrow("nope")
  expect(await mcp.listTools()).toEqual([])
  mcp.plugin(definePlugin({ id: "com.example/half" }))
})
