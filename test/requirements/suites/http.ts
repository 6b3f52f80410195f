import { describe, expect } from "vitest"
import * as z from "zod"
import type { Context } from "../../../src/components/context.ts"
import { createPrincipal } from "../../../src/protocol/principal.ts"
import { errorOf, post, resultOf, send } from "../../support/post.ts"
import { call, capable, rpc, withHeaders } from "../../support/rpc.ts"
import { fullServer, quietServer } from "../../support/server.ts"
import { open } from "../../support/stream.ts"
import { deferred, settled } from "../../support/timing.ts"
import { requirement } from "../register.ts"

const url = "http://localhost/mcp"

describe("the endpoint", () => {
  const mcp = fullServer()

  requirement("S-060", "takes POST at one path", async () => {
    const { message, headers } = rpc("tools/list")
    const init = { method: "POST", headers, body: JSON.stringify(message) }
    expect((await mcp.fetch(new Request(url, init))).status).toBe(200)
    expect((await mcp.fetch(new Request("http://localhost/other", init))).status).toBe(404)
  })

  for (const method of ["GET", "DELETE", "PUT"]) {
    requirement("S-078", `answers ${method} with 405 and says what it allows`, async () => {
      const { fetch } = mcp.http({ sessions: "none" })
      const response = await fetch(new Request(url, { method }))
      expect(response.status).toBe(405)
      expect(response.headers.get("allow")).toContain("POST")
    })
  }

  for (const origin of ["https://evil.example.com", "null", "not an origin", "file://"]) {
    requirement("S-061", `answers the origin ${origin} with 403`, async () => {
      const response = await send(mcp, "{}", { "content-type": "application/json", origin })
      expect(response.status).toBe(403)
      expect(await response.json()).not.toHaveProperty("id")
    })
  }

  for (const host of ["evil.example.com", "localhost.evil.example.com", "127.0.0.1.evil.example.com"]) {
    requirement("S-062", `does not answer to the host ${host}`, async () => {
      const response = await send(mcp, "{}", { "content-type": "application/json", host })
      expect(response.status).toBe(403)
    })
  }

  for (const host of ["localhost:3000", "127.0.0.1:80", "[::1]:3000"]) {
    requirement("S-062", `answers to the host ${host}`, async () => {
      const { message, headers } = rpc("tools/list")
      expect((await send(mcp, JSON.stringify(message), { ...headers, host })).status).toBe(200)
    })
  }

  requirement("S-064", "refuses an array and a response with 400", async () => {
    for (const body of [
      "[]",
      JSON.stringify([rpc("tools/list").message]),
      '{"jsonrpc":"2.0","id":1,"result":{}}',
    ]) {
      expect((await send(mcp, body)).status).toBe(400)
    }
  })

  requirement("S-065", "takes a notification with 202 and an empty body", async () => {
    const body = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}'
    const response = await send(mcp, body)
    expect([response.status, await response.text()]).toEqual([202, ""])
  })

  requirement("S-077", "ignores session ids and event ids, and sends none", async () => {
    const request = rpc("tools/call", { name: "add", arguments: { a: 1, b: 2 } })
    const stale = withHeaders(request, { "mcp-session-id": "abc", "last-event-id": "7" })
    const { status, headers } = await post(mcp, stale)
    expect([status, headers.get("mcp-session-id")]).toEqual([200, null])
  })

  requirement("S-082", "lets pages of other origins call and read when told to", async () => {
    const server = quietServer({
      http: { cors: { origins: ["https://app.example.com"] } },
      auth: { authenticate: () => ({ status: 401, headers: { "www-authenticate": "Bearer" } }) },
    })
    const origin = "https://app.example.com"
    const asked = "mcp-protocol-version,mcp-method,mcp-name,mcp-param-region,authorization,content-type"
    const headers = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": asked,
    }
    const preflight = await server.fetch(new Request(url, { method: "OPTIONS", headers }))
    const allowed = preflight.headers.get("access-control-allow-headers")?.toLowerCase() ?? ""
    for (const name of asked.split(",")) expect(allowed.split(/, */)).toContain(name)
    const refused = await send(server, "{}", { "content-type": "application/json", origin })
    expect(refused.headers.get("access-control-allow-origin")).toBe(origin)
    expect(refused.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("www-authenticate")
  })
})

describe("authentication", () => {
  const principal = createPrincipal({ subject: "ada" })

  requirement("S-063 S-330", "knows who calls, or answers 401 with the challenge", async () => {
    const mcp = quietServer({
      auth: {
        async authenticate({ headers }) {
          if (headers.get("authorization") === "Bearer good") return principal
          return { status: 401, headers: { "www-authenticate": 'Bearer resource_metadata="https://x"' } }
        },
      },
    })
    mcp.tool({ name: "who" }, (_, ctx) => ctx.auth?.subject ?? "nobody")
    const good = withHeaders(call("who"), { authorization: "Bearer good" })
    expect(await resultOf(mcp, good)).toMatchObject({ content: [{ text: "ada" }] })
    const response = await send(mcp, JSON.stringify(call("who").message), call("who").headers)
    expect(response.status).toBe(401)
    expect(response.headers.get("www-authenticate")).toContain("resource_metadata")
  })

  requirement("S-330", "asks again who calls on every request of a call", async () => {
    let calls = 0
    const mcp = quietServer({
      auth: {
        authenticate() {
          calls++
          return calls === 1 ? principal : { status: 401, headers: {} }
        },
      },
    })
    mcp.tool(
      { name: "ask" },
      async (_, ctx) => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action,
    )
    const { requestState } = await resultOf(mcp, call("ask", {}, capable()))
    const retry = rpc("tools/call", { name: "ask", requestState, inputResponses: {} }, capable())
    const response = await send(mcp, JSON.stringify(retry.message), retry.headers)
    expect(response.status).toBe(401)
  })
})

describe("standard headers", () => {
  const mcp = fullServer()
  const calling = call("add", { a: 1, b: 2 })
  const mismatch = { status: 400, code: -32020 }

  for (const value of [undefined, "tools/list", "TOOLS/CALL", "tools/call,tools/call", ""]) {
    requirement("S-067 S-068", `refuses \`Mcp-Method: ${value}\` of tools/call`, async () => {
      expect(await errorOf(mcp, withHeaders(calling, { "mcp-method": value }))).toMatchObject(mismatch)
    })
  }

  const named = [
    calling,
    rpc("prompts/get", { name: "review", arguments: { code: "1" } }),
    rpc("resources/read", { uri: "config://settings" }),
  ]
  for (const request of named) {
    requirement("S-067", `refuses ${request.message.method} without a matching \`Mcp-Name\``, async () => {
      for (const value of [undefined, "other", "ADD", ""]) {
        expect(await errorOf(mcp, withHeaders(request, { "mcp-name": value }))).toMatchObject(mismatch)
      }
    })
  }

  requirement("S-067", "does not ask for `Mcp-Name` where there is no name", async () => {
    expect(await resultOf(mcp, rpc("tools/list"))).toHaveProperty("tools")
  })

  requirement("S-068", "takes header names in any case and white space around values", async () => {
    const { message, headers } = calling
    const loud = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), ` ${value}\t`]),
    )
    const response = await send(mcp, JSON.stringify(message), loud)
    expect(response.status).toBe(200)
  })

  for (const [sent, accepted] of [
    ["=?base64?YWRk?=", true],
    ["=?BASE64?YWRk?=", false],
    ["=?base64?YWRk", false],
    ["YWRk?=", false],
    ["=?base64?YWR?=", false],
    ["=?base64?Y*Rk?=", false],
    ["=?base64?YWRkIQ==?=", false],
  ] as const) {
    requirement(
      "S-069",
      `${accepted ? "decodes" : "does not take"} \`Mcp-Name: ${sent}\` for add`,
      async () => {
        const { status, error } = await post(mcp, withHeaders(calling, { "mcp-name": sent }))
        expect([status, error?.code]).toEqual(accepted ? [200, undefined] : [400, -32020])
      },
    )
  }
})

describe("headers that repeat arguments", () => {
  const mcp = quietServer()
  const input = z.object({
    region: z.string().optional(),
    level: z.int().optional(),
    dry: z.boolean().optional(),
  })
  mcp.tool(
    { name: "deploy", input, headers: { region: "Region", level: "Level", dry: "Dry" } },
    (args) => args,
  )
  const deploy = (args: z.input<typeof input>, headers: { [name: string]: string }) =>
    post(mcp, withHeaders(call("deploy", args), headers))
  const text = "Hello, 世界"
  const encoded = `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}?=`

  const good: readonly (readonly [args: z.input<typeof input>, headers: { [name: string]: string }])[] = [
    [{}, {}],
    [{ region: "eu" }, { "mcp-param-region": "eu" }],
    [{ region: "eu" }, { "Mcp-Param-Region": " eu " }],
    [{ region: text }, { "mcp-param-region": encoded }],
    [{ region: "=?base64?x" }, { "mcp-param-region": "=?base64?x" }],
    [{ level: 42 }, { "mcp-param-level": "42" }],
    [{ level: -1 }, { "mcp-param-level": "-1" }],
    [{ dry: true }, { "mcp-param-dry": "true" }],
  ]
  for (const [args, headers] of good) {
    requirement("S-070 S-069", `takes ${JSON.stringify(args)} with ${JSON.stringify(headers)}`, async () => {
      expect(await deploy(args, headers)).toMatchObject({ status: 200, result: { structuredContent: args } })
    })
  }

  requirement("S-070", "expects no header for an argument of null", async () => {
    const { status, result } = await post(mcp, call("deploy", { level: null }))
    expect([status, result?.isError]).toEqual([200, true])
  })

  for (const value of ["42.0", "42.000"]) {
    requirement("S-071", `compares ${value} with 42 as numbers`, async () => {
      expect(await deploy({ level: 42 }, { "mcp-param-level": value })).toMatchObject({ status: 200 })
    })
  }

  const bad: readonly (readonly [args: z.input<typeof input>, headers: { [name: string]: string }])[] = [
    [{ region: "eu" }, {}],
    [{ region: "eu" }, { "mcp-param-region": "us" }],
    [{ region: "eu" }, { "mcp-param-region": "EU" }],
    [{ region: "Hello" }, { "mcp-param-region": "=?base64?SGVsbG8?=" }],
    [{ region: "Hello" }, { "mcp-param-region": "=?base64?SGVs!G8=?=" }],
    [{ region: "Hello" }, { "mcp-param-region": "SGVsbG8=" }],
    [{ level: 42 }, { "mcp-param-level": "43" }],
    [{ level: 42 }, { "mcp-param-level": "0x2a" }],
    [{ level: 42 }, { "mcp-param-level": "4.2e1" }],
    [{ level: 42 }, { "mcp-param-level": "" }],
    [{ dry: true }, { "mcp-param-dry": "True" }],
    [{ dry: true }, { "mcp-param-dry": "1" }],
  ]
  for (const [args, headers] of bad) {
    requirement("S-070", `refuses ${JSON.stringify(args)} with ${JSON.stringify(headers)}`, async () => {
      expect(await deploy(args, headers)).toMatchObject({ status: 400, error: { code: -32020 } })
    })
  }

  requirement("S-070", "refuses a header that an argument of an odd kind cannot equal", async () => {
    for (const region of [{ toString: 1 }, [], ["eu"], { a: 1 }]) {
      const request = withHeaders(call("deploy", { region }), { "mcp-param-region": "eu" })
      expect(await errorOf(mcp, request)).toMatchObject({ status: 400, code: -32020 })
    }
  })

  requirement("S-070", "does not look at headers that repeat arguments of other tools", async () => {
    mcp.tool({ name: "plain", input: z.object({ region: z.string() }) }, () => "done")
    const request = withHeaders(call("plain", { region: "eu" }), { "mcp-param-region": "us" })
    expect(await resultOf(mcp, request)).toMatchObject({ content: [{ text: "done" }] })
  })
})

describe("the answer", () => {
  requirement(
    "S-066",
    "is JSON where nothing comes before it, and a stream where something does",
    async () => {
      const mcp = quietServer()
      mcp.tool({ name: "quiet" }, () => "done")
      mcp.tool({ name: "loud" }, (_, ctx) => {
        ctx.progress(1)
        return "done"
      })
      const quiet = await post(mcp, call("quiet", {}, { progressToken: 1 }))
      const loud = await post(mcp, call("loud", {}, { progressToken: 1 }))
      expect(quiet.headers.get("content-type")).toBe("application/json")
      expect(loud.headers.get("content-type")).toBe("text/event-stream")
      expect(loud.notifications).toHaveLength(1)
      expect(loud.result).toMatchObject({ content: [{ text: "done" }] })
    },
  )

  requirement("S-075", "goes with its own notifications on its own stream, and ends it", async () => {
    const mcp = quietServer()
    const both = deferred()
    let running = 0
    mcp.tool({ name: "loud", input: z.object({ who: z.string() }) }, async ({ who }, ctx) => {
      ctx.progress(1, 2, who)
      if (++running === 2) both.resolve()
      await both.promise
      ctx.progress(2, 2, who)
      return who
    })
    const streams = await Promise.all(
      ["a", "b"].map((who) => post(mcp, call("loud", { who }, { progressToken: who }))),
    )
    for (const [index, who] of ["a", "b"].entries()) {
      expect(streams[index]?.notifications.map(({ params }) => params?.message)).toEqual([who, who])
      expect(streams[index]?.result).toMatchObject({ content: [{ text: who }] })
    }
  })

  requirement(
    "S-076 S-077",
    "streams without buffering, without event ids, with comments when quiet",
    async () => {
      const mcp = quietServer({ http: { keepAliveMs: 1 } })
      mcp.tool({ name: "wait" }, () => "never")
      const stream = await open(
        mcp,
        rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }),
      )
      expect(stream.headers.get("x-accel-buffering")).toBe("no")
      await stream.next()
      const comment = stream.next()
      while (!stream.raw.includes("\n: ")) await settled()
      expect(stream.raw).toMatch(/\n: .*\n\n$/)
      expect(stream.raw).not.toMatch(/^(id|retry):/m)
      await stream.leave()
      await comment
    },
  )

  requirement("S-079 S-216", "is never sent to a client that left; its work is told to stop", async () => {
    const mcp = quietServer()
    const started = deferred<Context>()
    mcp.tool({ name: "wait" }, (_, ctx) => {
      started.resolve(ctx)
      return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)))
    })
    const client = new AbortController()
    const request = call("wait")
    const answer = send(mcp, JSON.stringify(request.message), request.headers, client.signal)
    answer.catch(() => undefined)
    const ctx = await started.promise
    client.abort()
    await settled()
    expect(ctx.signal.reason).toMatchObject({ code: "CALL_ABORTED", reason: "disconnect" })
  })

  requirement("S-079", "stops the work of a stream that the client closes", async () => {
    const mcp = quietServer()
    const started = deferred<Context>()
    mcp.tool({ name: "wait" }, (_, ctx) => {
      ctx.progress(1)
      started.resolve(ctx)
      return new Promise(() => undefined)
    })
    const stream = await open(mcp, call("wait", {}, { progressToken: 1 }))
    await stream.next()
    const ctx = await started.promise
    expect(ctx.signal.aborted).toBe(false)
    await stream.leave()
    await settled()
    expect(ctx.signal.reason).toMatchObject({ reason: "disconnect" })
  })

  requirement("S-081", "has the status of its error while nothing was sent, and 200 afterwards", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask", input: z.object({ loud: z.boolean() }) }, async ({ loud }, ctx) => {
      if (loud) ctx.progress(1)
      return ctx.sample("Hello")
    })
    const quiet = await post(mcp, call("ask", { loud: false }, { progressToken: 1 }))
    const loud = await post(mcp, call("ask", { loud: true }, { progressToken: 1 }))
    expect([quiet.status, quiet.error?.code]).toEqual([400, -32021])
    expect([loud.status, loud.error?.code, loud.notifications.length]).toEqual([200, -32021, 1])
  })
})
