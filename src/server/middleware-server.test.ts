import { describe, expect, it } from "vitest"
import { post, resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { fullServer, loggedServer, quietServer } from "../../test/support/server.ts"
import { tool } from "../components/tool.ts"
import type { Call } from "../protocol/call.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { defineMiddleware } from "./define-middleware.ts"
import type { Next } from "./middleware.ts"
import type { MiddlewareServer } from "./middleware-view.ts"
import { defineProvider } from "./provider.ts"

/** Attaches nothing but hands out what it may use of the server. */
function looking() {
  const servers: MiddlewareServer[] = []
  const layer = defineMiddleware({
    name: "looking",
    attach(server) {
      servers.push(server)
      return {}
    },
  })
  return { layer, servers }
}

function firstOf(servers: readonly MiddlewareServer[]): MiddlewareServer {
  const [server] = servers
  if (server === undefined) throw new TypeError("It was not attached")
  return server
}

describe("attach", () => {
  it("makes hooks of its own for each server", async () => {
    const counted = defineMiddleware({
      name: "counted",
      attach({ info }) {
        let count = 0
        return {
          callTool: () => ({
            kind: "complete",
            result: { content: [{ type: "text", text: `${info.name} ${++count}` }] },
          }),
        }
      },
    })
    const [one, other] = [fullServer({ middleware: [counted] }), fullServer({ middleware: [counted] })]
    await one.callTool("add", { a: 1, b: 1 })
    expect(await one.callTool("add", { a: 1, b: 1 })).toMatchObject({ content: [{ text: "Test 2" }] })
    expect(await other.callTool("add", { a: 1, b: 1 })).toMatchObject({ content: [{ text: "Test 1" }] })
  })

  it("keeps its place among others", () => {
    const inner = defineMiddleware({ name: "inner", after: ["outer"], attach: () => ({}) })
    const outer = defineMiddleware({ name: "outer", attach: () => ({}) })
    expect(() => quietServer({ middleware: [inner, outer] })).toThrow(
      expect.objectContaining({ code: "FLEET-18" }),
    )
    expect(() => quietServer({ middleware: [outer, inner] })).not.toThrow()
  })

  it.each([
    ["nothing", undefined],
    ["a promise", Promise.resolve({})],
    ["a text", "hooks"],
  ])("that returns %s is refused", (_, hooks) => {
    const layer = defineMiddleware({ name: "odd", attach: () => hooks as never })
    expect(() => quietServer({ middleware: [layer] })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("`odd`") }),
    )
  })

  it("that returns a hook which does not exist is refused", () => {
    const layer = defineMiddleware({ name: "odd", attach: () => ({ onCall: () => undefined }) as never })
    expect(() => quietServer({ middleware: [layer] })).toThrow(expect.objectContaining({ code: "FLEET-09" }))
  })

  it("stands alone: hooks beside it would not be called", () => {
    const both = { name: "both", attach: () => ({}), callTool: () => Promise.reject() }
    expect(() => defineMiddleware(both)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("callTool") }),
    )
  })

  it("needs `defineMiddleware()`, which brings what does it", () => {
    expect(() => quietServer({ middleware: [{ attach: () => ({}) }] })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    )
  })

  it("that throws leaves the server as it was", async () => {
    const mcp = fullServer()
    const layer = defineMiddleware({
      attach() {
        throw new TypeError("no")
      },
    })
    const refusing = defineMiddleware({ callTool: () => Promise.reject(new TypeError("never")) })
    expect(() => mcp.use(refusing, layer)).toThrow("no")
    expect(await resultOf(mcp, call("add", { a: 1, b: 2 }))).toMatchObject({ content: [{ text: "3" }] })
  })
})

describe("what middleware has of its server", () => {
  it.each([
    ["tool", call("add", { a: 1, b: 2 }), "add"],
    ["resource", rpc("resources/read", { uri: "config://settings" }), "config://settings"],
    ["template", rpc("resources/read", { uri: "users://7" }), "users://{id}"],
    ["prompt", rpc("prompts/get", { name: "review", arguments: { code: "" } }), "review"],
  ] as const)("finds the %s of a call", async (kind, message, id) => {
    const found: unknown[] = []
    const layer = defineMiddleware({
      attach: (server) => ({
        async request(one, next) {
          const component = await server.find(one)
          found.push([component?.kind, component?.id])
          return next()
        },
      }),
    })
    await post(fullServer({ middleware: [layer] }), message)
    expect(found).toEqual([[kind, id]])
  })

  it("finds nothing that the caller may not see, and nothing where nothing is named", async () => {
    const found: unknown[] = []
    const layer = defineMiddleware({
      attach: (server) => ({
        async request(one, next) {
          found.push((await server.find(one))?.id)
          return next()
        },
      }),
    })
    const mcp = quietServer({ middleware: [layer] })
    mcp.tool({ name: "secret", auth: ({ principal }) => principal?.subject === "ada" }, () => 1)
    const [ada, bob] = await Promise.all(["ada", "bob"].map((subject) => createPrincipal({ subject })))
    await mcp.callTool("secret", {}, { as: ada })
    await mcp.callTool("secret", {}, { as: bob }).catch(() => undefined)
    await mcp.listTools()
    expect(found).toEqual(["secret", undefined, undefined])
  })

  it("adds components", async () => {
    const { layer, servers } = looking()
    const mcp = quietServer({ middleware: [layer] })
    const component = tool({ name: "injected" }, () => "here")
    const entry = { component, owner: "test", invoke: component.invoke }
    firstOf(servers).provide(
      defineProvider({ name: "test", list: (kind) => (kind === "tool" ? [entry] : []) }),
    )
    expect((await mcp.listTools()).map(({ name }) => name)).toEqual(["injected"])
    expect(await resultOf(mcp, call("injected"))).toMatchObject({ content: [{ text: "here" }] })
  })

  it("has a part of the storage that is nobody else's", async () => {
    const { layer, servers } = looking()
    const mcp = quietServer({ middleware: [layer] })
    const part = await firstOf(servers).storage("mine")
    await part.write("key", "value")
    expect(await (await firstOf(servers).storage("other")).get("key")).toBeUndefined()
    expect(await (await firstOf(servers).storage("mine")).get("key")).toMatchObject({ value: "value" })
    await mcp.close()
  })

  it("hears of changes, until it is no more interested", () => {
    const { layer, servers } = looking()
    const mcp = quietServer({ middleware: [layer] })
    const topics: string[] = []
    const stop = firstOf(servers).onChange(({ topic }) => topics.push(topic))
    mcp.tool({ name: "new" }, () => 1)
    stop()
    mcp.tool({ name: "newer" }, () => 1)
    expect(topics).toEqual(["toolsListChanged"])
  })

  it("starts before the first call, and ends after the last", async () => {
    const trace: string[] = []
    const layer = defineMiddleware({
      attach(server) {
        server.onClose(() => trace.push("close"))
        server.lifespan(async () => {
          trace.push("start")
          return async () => void trace.push("end")
        })
        return {
          callTool(_, next) {
            trace.push("call")
            return next()
          },
        }
      },
    })
    const mcp = fullServer({ middleware: [layer] })
    await post(mcp, call("add", { a: 1, b: 2 }))
    await mcp.close()
    expect(trace).toEqual(["start", "call", "close", "end"])
  })

  it("logs to the server's own log", () => {
    const { layer, servers } = looking()
    const { log } = loggedServer({ middleware: [layer] })
    firstOf(servers).log({ level: "info", message: "here" })
    expect(log).toEqual([{ level: "info", message: "here" }])
  })

  it("knows what the server has done", async () => {
    const { layer, servers } = looking()
    const mcp = fullServer({ middleware: [layer] })
    await post(mcp, call("add", { a: 1, b: 2 }))
    expect(firstOf(servers).stats()).toMatchObject({ answered: 1 })
  })

  it("closes whatever middleware does then", async () => {
    const ended: string[] = []
    const layer = defineMiddleware({
      name: "failing",
      attach(server) {
        server.onClose(() => {
          throw new RangeError("at once")
        })
        server.onClose(async () => {
          throw new RangeError("later")
        })
        server.onClose(() => ended.push("never"))()
        server.onClose(() => ended.push("next"))
        server.lifespan(async () => async () => void ended.push("lifespan"))
        return {}
      },
    })
    const { mcp, log } = loggedServer({ middleware: [layer] })
    await mcp.start()
    await mcp.close()
    expect(ended).toEqual(["next", "lifespan"])
    expect(log.map(({ error }) => String(error))).toEqual(["RangeError: at once", "RangeError: later"])
  })

  it("refuses hooks of a class, which would never be called", () => {
    class Hooks {
      callTool(_call: Call, next: Next) {
        return next()
      }
    }
    const layer = defineMiddleware({ name: "mine", attach: () => new Hooks() as never })
    expect(() => quietServer({ middleware: [layer] })).toThrow("the hook `callTool` of a class")
  })
})
