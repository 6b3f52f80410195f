import { describe, expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import { contextKey } from "../components/context.ts"
import { defineMiddleware } from "./define-middleware.ts"
import type { Middleware } from "./middleware.ts"
import { definePlugin } from "./plugin.ts"

const user = contextKey<string>("user")

const errors = defineMiddleware({ name: "errors", before: ["timing", "logging", "auth"] })
const timing = defineMiddleware({ name: "timing", before: ["logging", "auth"] })
const auth = defineMiddleware({ name: "auth", provides: [user] })
const cache = defineMiddleware({ name: "cache", after: ["auth"], requires: [user] })
const plain: Middleware = { name: "plain" }

const use =
  (...middleware: readonly Middleware[]) =>
  () =>
    quietServer({ middleware })

describe("the order of middleware", () => {
  it("is taken as it is where nobody objects", () => {
    expect(use(errors, plain, timing, auth, cache)).not.toThrow()
  })

  it("is refused where one must stand further in, with the right one", () => {
    expect(use(timing, plain, errors)).toThrow(
      expect.objectContaining({
        code: "FLEET-18",
        message:
          "The middleware `errors` must stand before `timing`: `errors` says `before`. Give them in this order: `plain` → `errors` → `timing`.",
      }),
    )
  })

  it("is refused where one must stand further out", () => {
    expect(use(cache, auth)).toThrow("must stand before `cache`: `cache` says `after`.")
  })

  it("is refused where a value is needed before it is there", () => {
    const early = defineMiddleware({ name: "early", requires: [user] })
    expect(use(early, auth)).toThrow("`auth` must stand before `early`: it provides `user`.")
  })

  it("is refused where nothing provides a value that is needed", () => {
    expect(use(cache)).toThrow("The middleware `cache` needs `user`, and nothing provides it.")
  })

  it("takes the first of several that provide a value", () => {
    expect(use(auth, cache, defineMiddleware({ name: "again", provides: [user] }))).not.toThrow()
  })

  it("is refused for good where no order would do", () => {
    const one = defineMiddleware({ name: "one", before: ["two"] })
    const two = defineMiddleware({ name: "two", before: ["one"] })
    expect(use(one, two)).toThrow("can be met by no order")
  })

  it("is looked at when more is added, and nothing of it stays where it is refused", async () => {
    const seen: string[] = []
    const mcp = quietServer({ middleware: [timing] })
    const noting = defineMiddleware({
      request(call, next) {
        seen.push(call.method)
        return next()
      },
    })
    expect(() => mcp.use(noting, errors)).toThrow(expect.objectContaining({ code: "FLEET-18" }))
    await mcp.listTools()
    expect(seen).toEqual([])
  })

  it("that refuses a plugin's middleware leaves nothing of the plugin", () => {
    const mcp = quietServer({ middleware: [timing] })
    const plugin = definePlugin({ id: "com.example/errors", middleware: [errors] })
    expect(() => mcp.plugin(plugin)).toThrow(expect.objectContaining({ code: "FLEET-18" }))
    expect(() => mcp.plugin(definePlugin({ id: "com.example/errors" }))).not.toThrow()
  })

  it.each([{ before: "cache" }, { after: [1] }, { provides: user }])("is not said by %j", (place) => {
    expect(() => defineMiddleware({ name: "mine", ...place } as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    )
  })

  it("is no matter of those that are not there", () => {
    expect(use(defineMiddleware({ name: "lone", before: ["nobody"], after: ["nobody"] }))).not.toThrow()
  })

  it("is said by `defineMiddleware()` alone", () => {
    expect(use({ name: "mine", before: ["auth"] })).toThrow("Make it by `defineMiddleware({ … })`.")
  })
})
