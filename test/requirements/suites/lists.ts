import { describe, expect } from "vitest"
import * as z from "zod"
import type { CacheHints } from "../../../src/components/component.ts"
import { requireScopes } from "../../../src/components/require-scopes.ts"
import { tool } from "../../../src/components/tool.ts"
import { createPrincipal } from "../../../src/protocol/principal.ts"
import { encodeBase64Url } from "../../../src/shared/base64.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { errorOf, post, resultOf } from "../../support/post.ts"
import { capable, type Fields, rpc } from "../../support/rpc.ts"
import { fullServer, quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

const namesOf = ({ tools }: Fields) => (tools as readonly { readonly name: string }[]).map(({ name }) => name)

/** A server with the tools `t0` … and pages of two. */
function paged(count: number, auth?: (index: number) => string | undefined) {
  const mcp = quietServer({ pageSize: 2, cacheHints: { "tools/list": { ttlMs: 100, scope: "public" } } })
  for (let index = 0; index < count; index++) {
    const scope = auth?.(index)
    mcp.tool(
      { name: `t${index}`, ...(scope === undefined ? undefined : { auth: requireScopes(scope) }) },
      () => 1,
    )
  }
  return mcp
}

const cacheable: readonly (readonly [method: string, params: Fields])[] = [
  ["server/discover", {}],
  ["tools/list", {}],
  ["resources/list", {}],
  ["resources/templates/list", {}],
  ["prompts/list", {}],
  ["resources/read", { uri: "config://settings" }],
]

describe("pagination", () => {
  const list = (cursor?: unknown) => rpc("tools/list", cursor === undefined ? {} : { cursor })

  requirement("S-200", "walks all pages, each entry once, and ends without `nextCursor`", async () => {
    const mcp = paged(5)
    const first = await resultOf(mcp, list())
    const second = await resultOf(mcp, list(first.nextCursor))
    const third = await resultOf(mcp, list(second.nextCursor))
    expect([first, second, third].map(namesOf)).toEqual([["t0", "t1"], ["t2", "t3"], ["t4"]])
    expect(third).not.toHaveProperty("nextCursor")
    expect(await resultOf(mcp, list(first.nextCursor))).toEqual(second)
  })

  requirement("S-200", "has no next page where the last is full", async () => {
    const mcp = paged(4)
    const { nextCursor } = await resultOf(mcp, list())
    expect(await resultOf(mcp, list(nextCursor))).not.toHaveProperty("nextCursor")
  })

  requirement("S-200", "goes on behind the last entry when entries came or went meanwhile", async () => {
    const mcp = paged(5)
    const { nextCursor } = await resultOf(mcp, list())
    mcp.remove({ kind: "tool", id: "t0", version: undefined })
    expect(namesOf(await resultOf(mcp, list(nextCursor)))).toEqual(["t2", "t3"])
    mcp.remove({ kind: "tool", id: "t1", version: undefined })
    mcp.add(tool({ name: "t5" }, () => 1))
    const rest = await resultOf(mcp, list(nextCursor))
    expect(namesOf(rest)).toContain("t3")
  })

  requirement("S-200", "goes on without a gap when the last entry itself went", async () => {
    const mcp = paged(5)
    const { nextCursor } = await resultOf(mcp, list())
    mcp.remove({ kind: "tool", id: "t1", version: undefined })
    expect(namesOf(await resultOf(mcp, list(nextCursor)))).toEqual(["t2", "t3"])
  })

  const forged = (value: unknown) => encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)))
  const wrong: readonly unknown[] = [
    "",
    "nonsense",
    "0",
    "%%%",
    "x".repeat(10_000),
    forged(3),
    forged([0, "t0"]),
    forged([-1, "t0"]),
    forged([1.5, "t0"]),
    forged([1]),
    forged([1, 2]),
    forged(null),
    null,
    7,
    {},
    { toString: 1 },
    [],
  ]
  for (const cursor of wrong) {
    const shown = JSON.stringify(cursor).slice(0, 30)
    requirement("S-200", `answers the cursor ${shown} with -32602, also after it listed`, async () => {
      const mcp = paged(5)
      expect(await errorOf(mcp, list(cursor))).toMatchObject({ code: -32602 })
      await resultOf(mcp, list())
      await resultOf(mcp, list())
      expect(await errorOf(mcp, list(cursor))).toMatchObject({ code: -32602 })
    })
  }

  requirement("S-200", "ends where a cursor points far behind the end", async () => {
    expect(namesOf(await resultOf(paged(5), list(forged([1e15, "gone"]))))).toEqual([])
  })

  requirement("S-203", "says the same `cacheScope` on every page, wherever the check is", async () => {
    for (const guarded of [0, 4]) {
      const mcp = paged(5, (index) => (index === guarded ? "admin" : undefined))
      const first = await resultOf(mcp, list())
      const second = await resultOf(mcp, list(first.nextCursor))
      expect([first.cacheScope, second.cacheScope]).toEqual(["private", "private"])
    }
  })
})

describe("caching", () => {
  for (const [method, params] of cacheable) {
    requirement("S-201 S-204", `is private and not at all for ${method} by default`, async () => {
      expect(await resultOf(fullServer(), rpc(method, params))).toMatchObject({
        ttlMs: 0,
        cacheScope: "private",
      })
    })

    requirement("S-201", `is as configured for ${method}`, async () => {
      const mcp = fullServer({ cacheHints: { [method]: { ttlMs: 1500, scope: "public" } } })
      expect(await resultOf(mcp, rpc(method, params))).toMatchObject({ ttlMs: 1500, cacheScope: "public" })
    })
  }

  requirement(
    "S-201",
    "is for a resource as it says itself, and as its handler says before all",
    async () => {
      const mcp = quietServer({ cacheHints: { "resources/read": { ttlMs: 1, scope: "public" } } })
      const contents = (uri: string) => [{ uri, text: "x" }]
      mcp.resource({ uri: "a://server" }, () => "x")
      mcp.resource({ uri: "a://own", cache: { ttlMs: 2 } }, () => "x")
      mcp.resource({ uri: "a://handler", cache: { ttlMs: 2 } }, () => ({
        contents: contents("a://handler"),
        ttlMs: 3,
      }))
      const read = (uri: string) => resultOf(mcp, rpc("resources/read", { uri }))
      expect(await read("a://server")).toMatchObject({ ttlMs: 1, cacheScope: "public" })
      expect(await read("a://own")).toMatchObject({ ttlMs: 2, cacheScope: "private" })
      expect(await read("a://handler")).toMatchObject({ ttlMs: 3 })
    },
  )

  const odd: readonly CacheHints[] = [
    { ttlMs: -5 },
    { ttlMs: 1.5 },
    { ttlMs: Number.NaN },
    { ttlMs: Infinity },
  ]
  for (const hints of odd) {
    requirement("S-201", `never sends a ttlMs of ${hints.ttlMs}`, async () => {
      const mcp = fullServer()
      expect(() => fullServer({ cacheHints: { "tools/list": hints } })).toThrow("`ttlMs`")
      expect(() => mcp.resource({ uri: "a://own", cache: hints }, () => "x")).toThrow("`ttlMs`")
      mcp.resource({ uri: "a://handler" }, () => ({
        contents: [{ uri: "a://handler", text: "x" }],
        ...hints,
      }))
      const { result } = await post(mcp, rpc("resources/read", { uri: "a://handler" }))
      expect(result?.ttlMs ?? 0).toSatisfy((ttl) => Number.isInteger(ttl) && Number(ttl) >= 0)
    })
  }

  requirement("S-202", "is not said of `input_required`", async () => {
    const mcp = quietServer({ cacheHints: { "resources/read": { ttlMs: 100, scope: "public" } } })
    mcp.resource("a://b", async (_, ctx) => (await ctx.elicit("Who?", z.object({ n: z.string() }))).action)
    const result = await resultOf(mcp, rpc("resources/read", { uri: "a://b" }, capable()))
    expect(result.resultType).toBe("input_required")
    expect(result).not.toHaveProperty("ttlMs")
    expect(result).not.toHaveProperty("cacheScope")
  })

  requirement("S-204", "is private for a list that hides something, also to who cannot see it", async () => {
    const mcp = paged(2, (index) => (index === 1 ? "admin" : undefined))
    const admin = await createPrincipal({ subject: "root", scopes: ["admin"] })
    const anonymous = await resultOf(mcp, rpc("tools/list"))
    const whole = await handle(mcp, rpc("tools/list"), new FakeChannel({ principal: admin }))
    expect(namesOf(anonymous)).toEqual(["t0"])
    expect(whole.result).toMatchObject({ tools: [{ name: "t0" }, { name: "t1" }], cacheScope: "private" })
    expect(anonymous.cacheScope).toBe("private")
  })

  requirement("S-204", "is private for a resource with a check, whatever its handler says", async () => {
    const mcp = quietServer()
    const admin = await createPrincipal({ subject: "root", scopes: ["admin"] })
    mcp.resource({ uri: "a://b", auth: requireScopes("admin") }, () => ({
      contents: [{ uri: "a://b", text: "x" }],
      cacheScope: "public",
      ttlMs: 9,
    }))
    const channel = new FakeChannel({ principal: admin })
    const { result } = await handle(mcp, rpc("resources/read", { uri: "a://b" }), channel)
    expect(result).toMatchObject({ cacheScope: "private", ttlMs: 9 })
  })
})
