import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { post, send } from "../../test/support/post.ts"
import { call, type Fields, type Rpc, rpc, withHeaders } from "../../test/support/rpc.ts"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import { settled } from "../../test/support/timing.ts"
import type { AuthCheck, AuthPredicate } from "../components/auth-check.ts"
import { challengeScopes, requireScopes } from "../components/require-scopes.ts"
import { createPrincipal, type Principal } from "../protocol/principal.ts"

const ada = await createPrincipal({ subject: "ada", scopes: ["read", "write"] })
const bob = await createPrincipal({ subject: "bob", scopes: ["read"] })

const isAda: AuthPredicate = ({ principal }) => principal?.subject === "ada"

/** A server all of whose components have this check. */
function guarded(auth: AuthCheck, options: Parameters<typeof quietServer>[0] = {}) {
  const mcp = quietServer({ cacheHints: { "tools/list": { scope: "public", ttlMs: 9 } }, ...options })
  mcp.tool({ name: "t", auth }, () => "done")
  mcp.resource({ uri: "a://b", auth }, () => "done")
  mcp.resource({ uri: "a://t/{x}", auth, complete: { x: ["one"] } }, () => "done")
  mcp.prompt({ name: "p", auth, args: z.object({ x: z.string() }), complete: { x: ["one"] } }, () => "done")
  return mcp
}

const argument = { name: "x", value: "" }
const uses: readonly Rpc[] = [
  call("t"),
  rpc("resources/read", { uri: "a://b" }),
  rpc("resources/read", { uri: "a://t/1" }),
  rpc("prompts/get", { name: "p", arguments: { x: "1" } }),
  rpc("completion/complete", { ref: { type: "ref/prompt", name: "p" }, argument }),
  rpc("completion/complete", { ref: { type: "ref/resource", uri: "a://t/{x}" }, argument }),
]
const lists: readonly (readonly [request: Rpc, field: string])[] = [
  [rpc("tools/list"), "tools"],
  [rpc("resources/list"), "resources"],
  [rpc("resources/templates/list"), "resourceTemplates"],
  [rpc("prompts/list"), "prompts"],
]

/** Whether a caller can list, use and complete: all of it or nothing. */
async function access(mcp: ReturnType<typeof guarded>, principal: Principal | undefined): Promise<boolean> {
  const channel = () => new FakeChannel(principal === undefined ? {} : { principal })
  const listed = await Promise.all(
    lists.map(async ([request, field]) => {
      const { result } = await handle(mcp, request, channel())
      const entries = result?.[field]
      return Array.isArray(entries) && entries.length > 0
    }),
  )
  const used = await Promise.all(
    uses.map(async (request) => {
      const { result, error } = await handle(mcp, request, channel())
      if (error !== undefined) expect(error.code).toBe(-32602)
      return result !== undefined
    }),
  )
  const all = [...listed, ...used]
  expect(new Set(all).size, JSON.stringify(all)).toBe(1)
  return all[0] === true
}

describe("a check", () => {
  const checks: readonly (readonly [
    what: string,
    check: AuthCheck,
    who: readonly [boolean, boolean, boolean],
  ])[] = [
    ["of scopes", requireScopes("read", "write"), [true, false, false]],
    ["by a predicate", isAda, [true, false, false]],
    ["by an async predicate", async (subject) => isAda(subject), [true, false, false]],
    ["by several, all of which must hold", [requireScopes("read"), isAda], [true, false, false]],
    ["by several, one of them async", [requireScopes("read"), async () => true], [true, true, false]],
    [
      "by the component's own id and tags",
      ({ component }) => component.tags.includes("open"),
      [false, false, false],
    ],
    [
      "by a predicate that throws",
      () => {
        throw new Error("no directory")
      },
      [false, false, false],
    ],
    ["by a predicate that rejects", () => Promise.reject(new Error("no directory")), [false, false, false]],
    ["by a predicate that says something truthy", () => "yes" as never, [false, false, false]],
    [
      "by a predicate that promises something truthy",
      () => Promise.resolve(1) as never,
      [false, false, false],
    ],
    ["by a predicate that says nothing", () => undefined as never, [false, false, false]],
  ]
  it.each(checks)("%s decides alike for lists, calls and completion", async (_, check, who) => {
    const mcp = guarded(check)
    // Twice: what is kept of the first time must not change the second.
    for (let time = 0; time < 2; time++) {
      expect([await access(mcp, ada), await access(mcp, bob), await access(mcp, undefined)]).toEqual(who)
    }
  })

  it("hides what it denies as if it were not there", async () => {
    const mcp = guarded(isAda)
    mcp.tool({ name: "open" }, () => 1)
    for (const [hidden, unknown] of [
      ["t", "x"],
      ["t", "z"],
    ] as const) {
      const [one, two] = await Promise.all([post(mcp, call(hidden)), post(mcp, call(unknown))])
      expect(one.error?.message.replace(`\`${hidden}\``, `\`${unknown}\``)).toBe(two.error?.message)
    }
  })

  it("suggests no name that the caller may not see", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "delete_account", auth: isAda }, () => 1)
    mcp.tool({ name: "open" }, () => 1)
    expect((await post(mcp, call("delete_acount"))).error?.message).not.toContain("delete_account")
    const { error } = await handle(mcp, call("delete_acount"), new FakeChannel({ principal: ada }))
    expect(error?.message).toContain("`delete_account`")
  })

  it("does not concern the server's own calls, but those on behalf of others", async () => {
    const mcp = guarded(isAda)
    await expect(mcp.callTool("t")).resolves.toMatchObject({ content: [{ text: "done" }] })
    await expect(mcp.callTool("t", {}, { as: ada })).resolves.toMatchObject({ content: [{ text: "done" }] })
    await expect(mcp.callTool("t", {}, { as: bob })).rejects.toThrow("No tool named")
    await expect(mcp.readResource("a://b", { as: bob })).rejects.toThrow("not found")
    expect(await mcp.listTools()).toHaveLength(1)
    expect(await mcp.listTools({ as: bob })).toHaveLength(0)
    await expect(mcp.getPrompt("p", { x: "1" }, { as: bob })).rejects.toThrow("No prompt named")
  })

  it("is asked again for updates of a resource that was subscribed to", async () => {
    let isOpen = true
    const mcp = guarded(() => isOpen)
    const channel = new FakeChannel({ principal: bob })
    const listen = rpc("subscriptions/listen", { notifications: { resourceSubscriptions: ["a://b"] } })
    const answer = handle(mcp, listen, channel)
    await settled()
    mcp.resourceUpdated("a://b")
    await settled()
    isOpen = false
    mcp.resourceUpdated("a://b")
    await settled()
    expect(channel.sent).toHaveLength(2)
    await mcp.close()
    await answer
  })
})

describe("pages of lists", () => {
  const listed = async (mcp: ReturnType<typeof guarded>, principal: Principal) =>
    (await handle(mcp, rpc("tools/list"), new FakeChannel({ principal }))).result as Fields

  it("are private wherever a component has a check, to those who see all of it, too", async () => {
    const mcp = guarded(requireScopes("write"))
    expect((await listed(mcp, ada)).cacheScope).toBe("private")
    expect((await listed(mcp, bob)).cacheScope).toBe("private")
  })

  it("are public where none has one", async () => {
    const mcp = quietServer({ cacheHints: { "tools/list": { scope: "public" } } })
    mcp.tool({ name: "t" }, () => 1)
    expect((await listed(mcp, ada)).cacheScope).toBe("public")
  })

  it("are made again for every request where a predicate says nothing of what it depends on", async () => {
    let calls = 0
    const mcp = guarded(() => {
      calls++
      return true
    })
    await listed(mcp, ada)
    const before = calls
    await listed(mcp, ada)
    expect(calls).toBeGreaterThan(before)
  })

  it("are shared by callers for whom a predicate gives the same key, and by no others", async () => {
    let calls = 0
    const byTeam: AuthPredicate = Object.assign(
      ({ principal }: { readonly principal: Principal | undefined }) => {
        calls++
        return principal?.claims.team === "blue"
      },
      { cacheKey: (principal: Principal | undefined) => String(principal?.claims.team) },
    )
    const mcp = quietServer()
    mcp.tool({ name: "t", auth: byTeam }, () => 1)
    const [one, two, three] = await Promise.all(
      [
        ["one", "blue"],
        ["two", "blue"],
        ["three", "red"],
      ].map(([subject, team]) => createPrincipal({ subject, claims: { team } })),
    )
    if (!one || !two || !three) throw new Error("three were made")
    expect((await listed(mcp, one)).tools).toHaveLength(1)
    const before = calls
    expect((await listed(mcp, two)).tools).toHaveLength(1)
    expect(calls).toBe(before)
    expect((await listed(mcp, three)).tools).toHaveLength(0)
  })

  it("are not shared where a key throws: the predicate decides", async () => {
    const check: AuthPredicate = Object.assign(() => true, {
      cacheKey: () => {
        throw new Error("no key")
      },
    })
    const mcp = quietServer()
    mcp.tool({ name: "t", auth: check }, () => 1)
    expect((await listed(mcp, ada)).tools).toHaveLength(1)
  })
})

describe("a check that is shown openly", () => {
  it("lists to all, and challenges those without the scope with 403", async () => {
    const mcp = quietServer({
      auth: { authenticate: ({ headers }) => (headers.get("authorization") === "ada" ? ada : bob) },
    })
    mcp.tool({ name: "t", auth: challengeScopes("read", "write") }, () => "done")
    mcp.resource({ uri: "a://b", auth: challengeScopes("write") }, () => "done")
    mcp.prompt({ name: "p", auth: challengeScopes("write") }, () => "done")
    expect((await post(mcp, rpc("tools/list"))).result?.tools).toHaveLength(1)
    for (const request of [
      call("t"),
      rpc("resources/read", { uri: "a://b" }),
      rpc("prompts/get", { name: "p" }),
    ]) {
      const { status, headers, error } = await post(mcp, request)
      expect(status).toBe(403)
      expect(headers.get("www-authenticate")).toMatch(/^Bearer error="insufficient_scope", scope="write"/)
      expect(error?.data).toEqual({ requiredScopes: ["write"] })
      const good = await post(mcp, withHeaders(request, { authorization: "ada" }))
      expect(good.result).toBeDefined()
    }
  })

  it("challenges in the words of the authenticator", async () => {
    const mcp = quietServer({
      auth: { authenticate: () => bob, challenge: (scopes) => ({ "www-authenticate": `Mine ${scopes}` }) },
    })
    mcp.tool({ name: "t", auth: challengeScopes("write") }, () => "done")
    expect((await post(mcp, call("t"))).headers.get("www-authenticate")).toBe("Mine write")
  })
})

describe("an authenticator", () => {
  it("sees method, URL and headers, never the body", async () => {
    const seen: unknown[] = []
    const mcp = quietServer({
      auth: {
        async authenticate(request) {
          seen.push(
            request.method,
            request.externalUrl.pathname,
            request.headers.get("x-key"),
            Object.keys(request),
          )
          return ada
        },
      },
    })
    await post(mcp, withHeaders(rpc("server/discover"), { "x-key": "k" }))
    expect(seen.slice(0, 3)).toEqual(["POST", "/mcp", "k"])
    expect([...(seen[3] as readonly string[])].sort()).toEqual(["externalUrl", "headers", "method", "signal"])
  })

  it.each([401, 403, 400, 429, 503] as const)(
    "refuses with %i and its headers, before the body is looked at",
    async (status) => {
      const mcp = quietServer({ auth: { authenticate: () => ({ status, headers: { "x-why": "because" } }) } })
      const response = await send(mcp, "no JSON at all")
      expect([response.status, response.headers.get("x-why")]).toEqual([status, "because"])
    },
  )

  it.each([
    [
      "throws",
      () => {
        throw new Error("no directory at db://secret")
      },
    ],
    ["rejects", () => Promise.reject(new Error("no directory at db://secret"))],
  ])("that %s lets nobody in and tells nothing", async (_, authenticate) => {
    const { mcp, log } = loggedServer({ auth: { authenticate } })
    const response = await send(mcp, JSON.stringify(call("t").message), call("t").headers)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain("secret")
    expect(log.map(({ error }) => String(error)).join()).toContain("db://secret")
  })
})
