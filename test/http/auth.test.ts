import { expect, it } from "vitest"
import { challengeScopes } from "../../src/components/require-scopes.ts"
import { createPrincipal } from "../../src/protocol/principal.ts"
import type { Authenticator, AuthRequest } from "../../src/server/authenticator.ts"
import { defineMiddleware } from "../../src/server/define-middleware.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { describeEntries } from "./entries.ts"
import { callTool } from "./messages.ts"
import { deferred, quietServer, servedOf } from "./server.ts"

const whoami = (auth: Authenticator, http = {}) => {
  const mcp = quietServer({ auth, http })
  mcp.tool({ name: "whoami" }, (_, ctx) => ctx.auth?.subject ?? "nobody")
  return mcp
}

describeEntries("the authenticator", (serve) => {
  it.each([401, 403, 400, 429, 503] as const)(
    "turns a request away with %i and its headers",
    async (status) => {
      const headers = { "www-authenticate": "Bearer", "retry-after": "7" }
      const t = await serve(whoami({ authenticate: () => ({ status, headers }) }))
      const answer = await t.send(callTool("whoami"))
      expect(answer.status).toBe(status)
      expect([answer.headers.get("www-authenticate"), answer.headers.get("retry-after")]).toEqual([
        "Bearer",
        "7",
      ])
      expect(answer.json.error.code).toBe(-32600)
    },
  )

  it("says who is calling", async () => {
    const t = await serve(whoami({ authenticate: () => createPrincipal({ subject: "ann" }) }))
    expect((await t.send(callTool("whoami"))).json.result.content[0].text).toBe("ann")
  })

  it("turns a request away before its body is read", async () => {
    const t = await serve(whoami({ authenticate: () => ({ status: 401, headers: {} }) }))
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) })
    const answer = await t.open({ ...callTool("whoami"), body })
    expect(answer.status).toBe(401)
    answer.leave()
  })

  it("sees method, headers and the URL as the client wrote it", async () => {
    const seen: AuthRequest[] = []
    const auth: Authenticator = {
      authenticate(request) {
        seen.push(request)
        return { status: 401, headers: {} }
      },
    }
    const t = await serve(whoami(auth, { hosts: ["mcp.example.com"] }))
    const headers = { host: "mcp.example.com:8080", authorization: "Bearer x" }
    await t.send(callTool("whoami", {}, { headers, path: "/mcp?a=//evil.example/" }))
    const [request] = seen
    expect([request?.method, request?.headers.get("authorization")]).toEqual(["POST", "Bearer x"])
    expect(Object.fromEntries(request?.headers.entries() ?? [])).toMatchObject({ authorization: "Bearer x" })
    expect(request?.externalUrl.pathname).toBe("/mcp")
    expect(request?.externalUrl.search).toBe("?a=//evil.example/")
  })

  it("sees the public URL where one is set", async () => {
    let href = ""
    const auth: Authenticator = {
      authenticate({ externalUrl }) {
        href = externalUrl.href
        return { status: 401, headers: {} }
      },
    }
    const t = await serve(whoami(auth, { publicUrl: "https://mcp.example.com" }))
    await t.send(callTool("whoami", {}, { path: "/mcp?x=1" }))
    expect(href).toBe("https://mcp.example.com/mcp?x=1")
  })

  it.each([
    [
      "throws",
      () => {
        throw new TypeError("secret")
      },
    ],
    ["rejects", () => Promise.reject(new TypeError("secret"))],
    ["returns nothing", () => undefined as never],
    ["returns headers that cannot be sent", () => ({ status: 401, headers: { "x-a": "a\nb" } }) as const],
    ["returns a status that cannot be sent", () => ({ status: 7, headers: {} }) as never],
  ])("answers 500 and tells nothing when it %s", async (_, authenticate) => {
    const t = await serve(
      servedOf({ handler: { handle: () => ({ status: 200, body: "{}" }) }, authenticator: { authenticate } }),
    )
    const { status, text } = await t.send(callTool("whoami"))
    expect([status, text.includes("secret")]).toEqual([500, false])
  })

  it.each<[string, unknown, string]>([
    ["an empty object", {}, "an object"],
    ["an object that looks like a refusal of other makings", { error: "bad token" }, "an object"],
    ["an object that looks like a principal", { key: "k", subject: "x", scopes: [] }, "an object"],
    ["a list", [], "a list"],
    ["an error", new Error("secret"), "an object"],
    ["the scopes as one text", { scopes: "w" }, "an object"],
    ["nothing", undefined, "`undefined`"],
    ["null", null, "`null`"],
    ["false", false, "`false`"],
    ["true", true, "`true`"],
    ["the token", "secret", "a string"],
    ["a refusal with the status 200", { status: 200, headers: {} }, "a refusal with the status `200`"],
    ["a refusal with the status 402", { status: 402 }, "a refusal with the status `402`"],
    ["a refusal whose status is a text", { status: "401" }, 'a refusal with the status `"401"`'],
  ])("lets nobody through who is %s: 500, and the log says why", async (_, verdict, shown) => {
    const records: LogRecord[] = []
    let calls = 0
    const t = await serve(
      servedOf({
        handler: {
          handle: () => {
            calls++
            return { status: 200, body: "{}" }
          },
        },
        authenticator: { authenticate: () => verdict as never },
        log: (record) => void records.push(record),
      }),
    )
    const { status, text } = await t.send(callTool("whoami"))
    expect([status, calls, text.includes("secret")]).toEqual([500, 0, false])
    expect(records).toHaveLength(1)
    expect(records[0]?.error).toMatchObject({ code: "INVALID_AUTHENTICATION" })
    expect(String(records[0]?.error)).toContain(`The authenticator returned ${shown}`)
    expect(String(records[0]?.error)).not.toContain("secret")
  })

  it("need give no headers to turn a request away", async () => {
    const t = await serve(whoami({ authenticate: () => ({ status: 401 }) }))
    expect((await t.send(callTool("whoami"))).status).toBe(401)
  })

  it("hears that the client has left", async () => {
    const left = deferred<string>()
    const entered = deferred<void>()
    const auth: Authenticator = {
      authenticate({ signal }) {
        entered.resolve()
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            left.resolve("left")
            reject(signal.reason)
          })
        })
      },
    }
    const t = await serve(whoami(auth))
    const { answer, leave } = t.start(callTool("whoami"))
    answer.catch(() => undefined)
    await entered.promise
    leave()
    expect(await left.promise).toBe("left")
  })

  it.each([
    ["at once", undefined],
    ["later", defineMiddleware({ callTool: (_, next) => Promise.resolve().then(next) })],
  ])(
    "may write a challenge that no header can hold: that is a 500 and no more, %s",
    async (_, middleware) => {
      const logged: LogRecord[] = []
      const auth: Authenticator = {
        authenticate: () => createPrincipal({ subject: "ann" }),
        challenge: () => ({ "www-authenticate": "Bearer\nscope" }),
      }
      const mcp = quietServer({ auth, http: { maxRequests: 1 }, log: (record) => void logged.push(record) })
      if (middleware !== undefined) mcp.use(middleware)
      mcp.tool({ name: "delete", auth: challengeScopes("admin") }, () => "gone")
      const t = await serve(mcp)
      for (const expected of [500, 500]) {
        expect((await t.send(callTool("delete"))).status).toBe(expected)
      }
      expect(logged.filter(({ level }) => level === "error")).toHaveLength(2)
    },
  )
})
