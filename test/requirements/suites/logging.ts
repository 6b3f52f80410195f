import { describe, expect } from "vitest"
import * as z from "zod"
import { metaKeys } from "../../../src/spec/meta.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { errorOf, post, resultOf, send } from "../../support/post.ts"
import { call, rpc } from "../../support/rpc.ts"
import { loggedServer, quietServer } from "../../support/server.ts"
import { deferred, settled } from "../../support/timing.ts"
import { requirement } from "../register.ts"

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
