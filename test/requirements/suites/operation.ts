import { describe, expect } from "vitest"
import * as z from "zod"
import { requireScopes } from "../../../src/components/auth-check.ts"
import type { CacheHints } from "../../../src/components/component.ts"
import { tool } from "../../../src/components/tool.ts"
import { createPrincipal } from "../../../src/protocol/principal.ts"
import { encodeBase64Url } from "../../../src/shared/base64.ts"
import { metaKeys } from "../../../src/spec/meta.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { errorOf, post, resultOf, send } from "../../support/post.ts"
import { call, capable, type Fields, rpc } from "../../support/rpc.ts"
import { fullServer, loggedServer, quietServer } from "../../support/server.ts"
import { deferred, settled } from "../../support/timing.ts"
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
      const mcp = fullServer({ cacheHints: { "tools/list": hints } })
      mcp.resource({ uri: "a://own", cache: hints }, () => "x")
      mcp.resource({ uri: "a://handler" }, () => ({
        contents: [{ uri: "a://handler", text: "x" }],
        ...hints,
      }))
      // `resultOf` holds what comes to the schema: an integer, 0 or more.
      await resultOf(mcp, rpc("tools/list"))
      await resultOf(mcp, rpc("resources/read", { uri: "a://own" }))
      await post(mcp, rpc("resources/read", { uri: "a://handler" }))
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

describe("logging", () => {
  const levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] as const
  const chatty = () => {
    const mcp = quietServer()
    mcp.tool({ name: "chat" }, (_, ctx) => {
      for (const level of levels) ctx.log[level](`a ${level}`, "test")
    })
    return mcp
  }

  requirement("S-210", "is declared", async () => {
    expect((await resultOf(quietServer(), rpc("server/discover"))).capabilities).toHaveProperty("logging")
  })

  requirement("S-211", "says nothing to a request that did not ask", async () => {
    expect((await post(chatty(), call("chat"))).notifications).toEqual([])
  })

  for (const [rank, level] of levels.entries()) {
    requirement("S-211", `says ${level} and above to a request that asked for ${level}`, async () => {
      const { notifications } = await post(chatty(), call("chat", {}, { [metaKeys.logLevel]: level }))
      expect(notifications.map(({ params }) => params)).toEqual(
        levels.slice(rank).map((each) => ({ level: each, logger: "test", data: `a ${each}` })),
      )
    })
  }

  requirement("S-211", "stays on the stream of its own request", async () => {
    const mcp = quietServer()
    const both = deferred()
    let running = 0
    mcp.tool({ name: "chat", input: z.object({ who: z.string() }) }, async ({ who }, ctx) => {
      if (++running === 2) both.resolve()
      await both.promise
      ctx.log.info(who)
    })
    const [loud, quiet] = await Promise.all([
      post(mcp, call("chat", { who: "a" }, { [metaKeys.logLevel]: "info" })),
      post(mcp, call("chat", { who: "b" })),
    ])
    expect(loud.notifications).toMatchObject([{ params: { data: "a" } }])
    expect(quiet.notifications).toEqual([])
  })

  for (const level of ["trace", "INFO", "", 1, null, {}, { toString: 1 }]) {
    requirement("S-212", `answers the level ${JSON.stringify(level)} with -32602`, async () => {
      const request = call("chat", {}, { [metaKeys.logLevel]: level })
      expect(await errorOf(chatty(), request)).toMatchObject({ code: -32602 })
    })
  }

  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  for (const [what, data] of [
    ["undefined", undefined],
    ["a bigint", { n: 1n }],
    ["a cycle", cycle],
    ["a function", () => 1],
    [
      "what throws when written",
      {
        toJSON: () => {
          throw new Error("no")
        },
      },
    ],
  ] as const) {
    requirement("S-211", `does not fail a call that logs ${what}`, async () => {
      const mcp = quietServer()
      mcp.tool({ name: "chat" }, (_, ctx) => {
        ctx.log.info(data)
        return "done"
      })
      const answer = await post(mcp, call("chat", {}, { [metaKeys.logLevel]: "info" }))
      expect(answer.result).toMatchObject({ content: [{ text: "done" }] })
      expect(answer.notifications).toHaveLength(1)
    })
  }

  requirement(
    "S-213",
    "holds no credentials of the request, in what is sent or in the server's own log",
    async () => {
      const { mcp, log } = loggedServer()
      mcp.tool({ name: "fail" }, () => {
        throw new Error("it broke")
      })
      const { message, headers } = call("fail", {}, { [metaKeys.logLevel]: "debug" })
      const response = await send(mcp, JSON.stringify(message), {
        ...headers,
        authorization: "Bearer hunter2",
      })
      expect(await response.text()).not.toContain("hunter2")
      expect(log).toHaveLength(1)
      expect(JSON.stringify(log.map((record) => ({ ...record, error: String(record.error) })))).not.toContain(
        "hunter2",
      )
    },
  )
})

describe("progress", () => {
  const mcp = quietServer()
  mcp.tool({ name: "steps", input: z.object({ done: z.array(z.any()) }) }, ({ done }, ctx) => {
    for (const each of done) ctx.progress(each, 10, `at ${each}`)
    return "done"
  })
  const progressOf = async (done: readonly unknown[], progressToken: unknown) => {
    const { notifications } = await post(mcp, call("steps", { done }, { progressToken }))
    return notifications.map(({ params }) => params)
  }

  for (const token of ["a", "", 0, 7]) {
    requirement("S-215", `carries the token ${JSON.stringify(token)} of the request`, async () => {
      expect(await progressOf([1], token)).toEqual([
        { progressToken: token, progress: 1, total: 10, message: "at 1" },
      ])
    })
  }

  requirement("S-215", "is not sent to a request without a token", async () => {
    expect(await progressOf([1, 2], undefined)).toEqual([])
  })

  requirement("S-215", "increases strictly: what does not is left out", async () => {
    const sent = await progressOf([0, 1, 1, 0.5, 2, -1, 2.5, 2.5], 1)
    expect(sent.map((params) => params?.progress)).toEqual([0, 1, 2, 2.5])
  })

  requirement("S-215", "leaves out figures that JSON cannot say", async () => {
    const server = quietServer()
    server.tool({ name: "odd" }, (_, ctx) => {
      ctx.progress(1, Number.POSITIVE_INFINITY)
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, undefined as never]) ctx.progress(odd)
      ctx.progress(2, Number.NaN)
    })
    const { notifications } = await post(server, call("odd", {}, { progressToken: 1 }))
    expect(notifications.map(({ params }) => params)).toEqual([
      { progressToken: 1, progress: 1 },
      { progressToken: 1, progress: 2 },
    ])
  })

  for (const token of [null, {}, [], true, 1.5]) {
    requirement("S-215", `sends nothing malformed for the token ${JSON.stringify(token)}`, async () => {
      // `post` holds what comes to the schema.
      await post(mcp, call("steps", { done: [1] }, { progressToken: token }))
    })
  }

  requirement("S-215 S-216", "ends with the answer: nothing follows it", async () => {
    const server = quietServer()
    const finish = deferred()
    const after = deferred()
    server.tool({ name: "late" }, (_, ctx) => {
      finish.promise.then(() => {
        ctx.progress(2)
        ctx.log.error("late")
        after.resolve()
      })
      ctx.progress(1)
      return "done"
    })
    const channel = new FakeChannel()
    const meta = { progressToken: 1, [metaKeys.logLevel]: "debug" }
    const { notifications } = await handle(server, call("late", {}, meta), channel)
    finish.resolve()
    await after.promise
    expect([notifications.length, channel.sent.length]).toEqual([1, 1])
  })
})

describe("cancellation", () => {
  requirement("S-216", "stops a call; what it does afterwards reaches nobody", async () => {
    const mcp = quietServer()
    const left = deferred()
    let reason: unknown
    mcp.tool({ name: "wait" }, async (_, ctx) => {
      await left.promise
      reason = ctx.signal.reason
      ctx.progress(2)
      ctx.log.error("late")
      return "late"
    })
    const channel = new FakeChannel()
    const answer = handle(mcp, call("wait", {}, { progressToken: 1, [metaKeys.logLevel]: "debug" }), channel)
    channel.leave("cancel")
    await answer
    left.resolve()
    await settled()
    expect(reason).toMatchObject({ code: "CALL_ABORTED", reason: "cancel" })
    expect(channel.sent).toEqual([])
  })

  for (const params of [
    undefined,
    {},
    { requestId: 12345 },
    { requestId: null },
    { requestId: {}, reason: 7 },
  ]) {
    requirement(
      "S-216 S-003",
      `ignores \`notifications/cancelled\` of ${JSON.stringify(params)}`,
      async () => {
        const { mcp, log } = loggedServer()
        const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params })
        expect((await send(mcp, body)).status).toBe(202)
        expect(log).toEqual([])
      },
    )
  }

  requirement("S-217", "is never told to the client by a notification", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "wait" }, () => new Promise(() => undefined))
    const channel = new FakeChannel()
    const listening = new FakeChannel()
    const listen = rpc("subscriptions/listen", { notifications: {} })
    const answers = [handle(mcp, call("wait"), channel), handle(mcp, listen, listening)]
    await settled()
    await mcp.close({ graceMs: 0 })
    await Promise.all(answers)
    expect([...channel.sent, ...listening.sent].join()).not.toContain("cancelled")
  })
})
