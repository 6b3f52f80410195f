import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FakeChannel, handle } from "../../../test/support/channel.ts"
import { post, send } from "../../../test/support/post.ts"
import { call, capable, type Fields, type Rpc, rpc, withHeaders } from "../../../test/support/rpc.ts"
import { loggedServer, quietServer } from "../../../test/support/server.ts"
import { deferred, settled } from "../../../test/support/timing.ts"
import { unhandledDuring } from "../../../test/support/unhandled.ts"
import { definePlugin } from "../../server/plugin.ts"
import type { Resolved, Scope } from "../../server/provider.ts"
import { metaKeys } from "../../spec/meta.ts"

/** One thing that can be wrong with a request, and how it is answered. */
interface Rung {
  readonly name: string
  readonly status: number
  readonly code: number | undefined
  /** Breaks what is whole. */
  readonly meta?: Fields
  readonly params?: Fields
  readonly args?: Fields
  readonly method?: string
  readonly headers?: { readonly [name: string]: string | undefined }
}

/** In the order in which they must be found. */
const rungs: readonly Rung[] = [
  {
    name: "disagreeing versions",
    status: 400,
    code: -32020,
    headers: { "mcp-protocol-version": "2025-11-25" },
  },
  { name: "no version", status: 400, code: -32602, meta: { [metaKeys.protocolVersion]: null } },
  { name: "another version", status: 400, code: -32022, meta: { [metaKeys.protocolVersion]: "v9" } },
  { name: "no capabilities", status: 400, code: -32602, meta: { [metaKeys.clientCapabilities]: undefined } },
  { name: "a wrong method header", status: 400, code: -32020, headers: { "mcp-method": "tools/list" } },
  { name: "a wrong name header", status: 400, code: -32020, headers: { "mcp-name": "other" } },
  { name: "an unknown method", status: 404, code: -32601, method: "no/such" },
  { name: "malformed parameters", status: 200, code: -32602, params: { arguments: [] } },
  { name: "a wrong argument header", status: 400, code: -32020, headers: { "mcp-param-region": "us" } },
  { name: "bad arguments", status: 200, code: undefined, args: { n: "x" } },
  { name: "a missing capability", status: 400, code: -32021 },
]

/** A request that is wrong in every one of these ways. */
function broken(wrongs: readonly Rung[]): Rpc {
  const meta: Fields = Object.assign({}, ...wrongs.map((wrong) => wrong.meta))
  const args = Object.assign({ region: "eu", n: 1 }, ...wrongs.map((wrong) => wrong.args))
  const params = Object.assign({ name: "ask", arguments: args }, ...wrongs.map((wrong) => wrong.params))
  const method = wrongs.find((wrong) => wrong.method !== undefined)?.method ?? "tools/call"
  const version = meta[metaKeys.protocolVersion]
  const headers: { [name: string]: string | undefined } = Object.assign(
    {
      "mcp-protocol-version": typeof version === "string" ? version : "2026-07-28",
      "mcp-param-region": "eu",
    },
    ...wrongs.map((wrong) => wrong.headers),
  )
  return withHeaders(rpc(method, params, meta), headers)
}

function askingServer() {
  const mcp = quietServer()
  const input = z.object({ region: z.string(), n: z.number() })
  mcp.tool({ name: "ask", input, headers: { region: "Region" } }, async (_, ctx) => {
    await ctx.roots()
  })
  return mcp
}

describe("the ladder of checks", () => {
  it.each(rungs)("answers $name with $status and $code", async (rung) => {
    const { status, error } = await post(askingServer(), broken([rung]))
    expect([status, error?.code]).toEqual([rung.status, rung.code])
  })

  const isWrongTogether = (first: Rung, second: Rung): boolean => {
    // A method that does not exist has no name, parameters or tool that could be wrong, too.
    if (first.method !== undefined) return false
    if (second.method !== undefined) return first.name !== "a wrong name header"
    // There is no version to disagree with, and only one version at a time.
    if (second.name === "no version") return false
    return first.meta === undefined || Object.keys(first.meta)[0] !== Object.keys(second.meta ?? {})[0]
  }
  const pairs = rungs.flatMap((first, index) =>
    rungs
      .slice(index + 1)
      .filter((second) => isWrongTogether(first, second))
      .map((second) => ({ first, second, what: `${first.name} before ${second.name}` })),
  )

  it.each(pairs)("finds $what", async ({ first, second }) => {
    const { status, error } = await post(askingServer(), broken([first, second]))
    expect([status, error?.code]).toEqual([first.status, first.code])
  })

  it("does not look at headers where the transport has none", async () => {
    const { error } = await handle(askingServer(), call("ask", { region: "eu", n: 1 }))
    expect(error?.code).toBe(-32021)
  })
})

describe("the end of a call", () => {
  it("tells a handler that its client is gone, and why, once", async () => {
    const mcp = quietServer()
    const reasons: unknown[] = []
    mcp.tool({ name: "wait" }, (_, ctx) => {
      ctx.signal.addEventListener("abort", () => reasons.push(ctx.signal.reason.reason))
      return new Promise(() => undefined)
    })
    await handle(mcp, rpc("tools/list"))
    const channel = new FakeChannel()
    const answer = handle(mcp, call("wait"), channel)
    channel.leave()
    channel.leave("cancel")
    await answer
    expect(reasons).toEqual(["disconnect"])
  })

  it("does not abort the signal of a call that was answered", async () => {
    const mcp = quietServer()
    let signal: AbortSignal | undefined
    mcp.tool({ name: "done" }, async (_, ctx) => {
      signal = ctx.signal
      return "done"
    })
    const channel = new FakeChannel()
    await handle(mcp, call("done"), channel)
    channel.leave()
    await mcp.close()
    expect(signal?.aborted).toBe(false)
  })

  it("aborts calls that a shutdown does not wait for, with 503", async () => {
    const mcp = quietServer()
    const started = deferred()
    mcp.tool({ name: "wait" }, (_, ctx) => {
      started.resolve()
      return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)))
    })
    const answer = handle(mcp, call("wait"))
    await started.promise
    await mcp.close({ graceMs: 0 })
    expect(await answer).toMatchObject({ status: 503, error: { code: -32603 } })
  })

  it("waits for a call while a shutdown still has time", async () => {
    const mcp = quietServer()
    const started = deferred()
    const gate = deferred()
    mcp.tool({ name: "wait" }, async () => {
      started.resolve()
      await gate.promise
      return "done"
    })
    const answer = handle(mcp, call("wait"))
    await started.promise
    const closing = mcp.close({ graceMs: 60_000 })
    expect((await post(mcp, call("wait"))).status).toBe(503)
    gate.resolve()
    await closing
    expect((await answer).result).toMatchObject({ content: [{ text: "done" }] })
  })

  it("does not wait for a client that answers no questions", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      await ctx.roots()
    })
    expect((await handle(mcp, call("ask", {}, capable()))).result?.resultType).toBe("input_required")
    await mcp.close({ graceMs: 60_000 })
  })
})

describe("whatever happens", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
    [
      "throws a string",
      () => {
        throw "no"
      },
    ],
    [
      "throws nothing",
      () => {
        throw undefined
      },
    ],
  ] as const)("answers where a method %s", async (_, run) => {
    const { mcp, log } = loggedServer({
      plugins: [definePlugin({ id: "com.example/x", methods: [{ name: "x/run", run: run as never }] })],
    })
    expect(await post(mcp, rpc("x/run"))).toMatchObject({ status: 200, error: { code: -32603 } })
    expect(log).toMatchObject([{ level: "error", errorId: expect.any(String) }])
  })

  it.each([
    ["a bigint", { n: 1n }],
    [
      "a cycle",
      (() => {
        const a: { a?: unknown } = {}
        a.a = a
        return a
      })(),
    ],
    [
      "what throws when written",
      {
        toJSON: () => {
          throw new Error("no")
        },
      },
    ],
  ])("answers where a method's result holds %s", async (_, result) => {
    const run = () => ({ kind: "complete" as const, result })
    const { mcp, log } = loggedServer({
      plugins: [definePlugin({ id: "com.example/x", methods: [{ name: "x/run", run }] })],
    })
    expect(await post(mcp, rpc("x/run"))).toMatchObject({ status: 200, error: { code: -32603 } })
    expect(log).toHaveLength(1)
  })

  it("answers where the server's own log throws or rejects", async () => {
    for (const log of [
      () => {
        throw new Error("disk full")
      },
      () => Promise.reject(new Error("disk full")),
    ]) {
      const mcp = quietServer({ log: log as never })
      mcp.tool({ name: "fail" }, async () => {
        throw new Error("it broke")
      })
      mcp.prompt("fail", () => {
        throw new Error("it broke")
      })
      const stray = await unhandledDuring(async () => {
        expect((await post(mcp, call("fail"))).result).toMatchObject({ isError: true })
        expect((await post(mcp, rpc("prompts/get", { name: "fail" }))).error).toMatchObject({ code: -32603 })
      })
      expect(stray).toEqual([])
    }
  })

  it.each(["throws", "rejects"])("answers where a provider's list %s", async (how) => {
    const mcp = quietServer({
      providers: [
        {
          name: "broken",
          list(): readonly Resolved<never>[] {
            const error = new Error("no database")
            if (how === "throws") throw error
            return Promise.reject(error) as never
          },
        },
      ],
    })
    const stray = await unhandledDuring(async () => {
      for (const request of [rpc("server/discover"), rpc("tools/list"), call("x"), rpc("prompts/list")]) {
        const answer = await post(mcp, request)
        expect([answer.result, answer.error?.code]).not.toEqual([undefined, undefined])
      }
      await settled()
    })
    expect(stray).toEqual([])
  })

  it("answers a provider whose finding fails with an error, not with silence", async () => {
    const find = (_kind: unknown, _id: string, _scope: Scope) => Promise.reject(new Error("no database"))
    const mcp = quietServer({ providers: [{ name: "broken", list: () => [], find }] })
    expect((await post(mcp, call("x"))).error).toMatchObject({ code: -32603 })
    expect((await post(mcp, rpc("resources/read", { uri: "a://b" }))).error).toMatchObject({ code: -32603 })
  })

  it("survives 100,000 levels of JSON, wherever they are", async () => {
    const mcp = askingServer()
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
    const { message, headers } = broken([])
    const bodies = [
      deep,
      JSON.stringify(message).replace('"eu"', deep),
      JSON.stringify(message).replace('"arguments":', `"inputResponses":${deep},"arguments":`),
      JSON.stringify(message).replace('"arguments":', `"requestState":${deep},"arguments":`),
      JSON.stringify({ ...message, params: { ...message.params, inputResponses: {} } }).replace('"eu"', deep),
    ]
    const stray = await unhandledDuring(async () => {
      for (const body of bodies) expect((await send(mcp, body, headers)).status).toBeLessThan(500)
    })
    expect(stray).toEqual([])
  })
})
