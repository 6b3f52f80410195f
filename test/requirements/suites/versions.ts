import { describe, expect, it } from "vitest"
import { metaKeys } from "../../../src/spec/meta.ts"
import { FakeChannel } from "../../support/channel.ts"
import { errorOf, resultOf, send } from "../../support/post.ts"
import { call, type Fields, type Rpc, rpc, withHeaders } from "../../support/rpc.ts"
import { fullServer, quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

describe("versions and eras", () => {
  const mcp = fullServer({ instructions: "Add things." })
  const raw = (message: object, headers: { [name: string]: string } = {}) =>
    send(mcp, JSON.stringify(message), { "content-type": "application/json", ...headers })
  const supported = ["2026-07-28"]

  requirement("S-020", "tells in `server/discover` what it is and can do", async () => {
    expect(await resultOf(mcp, rpc("server/discover"))).toEqual({
      resultType: "complete",
      supportedVersions: supported,
      instructions: "Add things.",
      capabilities: {
        tools: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        prompts: { listChanged: true },
        completions: {},
        logging: {},
      },
      ttlMs: 0,
      cacheScope: "private",
      _meta: { [metaKeys.serverInfo]: { name: "Test", version: "1.2.3" } },
    })
  })

  requirement("S-020", "tells all of itself there, and its name alone elsewhere", async () => {
    const icons = [{ src: "https://example.com/a.png" }]
    const server = quietServer({ title: "A test", description: "Tests", icons })
    server.tool({ name: "t" }, () => "x")
    const known = { name: "Test", version: "1.2.3", title: "A test" }
    const infoOf = async (request: Rpc) =>
      ((await resultOf(server, request))._meta as Fields)[metaKeys.serverInfo]
    expect(await infoOf(rpc("server/discover"))).toEqual({ ...known, description: "Tests", icons })
    expect(await infoOf(call("t"))).toEqual(known)
  })

  requirement("S-020", "leaves out instructions that it does not have", async () => {
    expect(await resultOf(quietServer(), rpc("server/discover"))).not.toHaveProperty("instructions")
  })

  for (const method of ["server/discover", "tools/list", "no/such"]) {
    requirement("S-021 S-026 S-073", `answers ${method} of another version with -32022 and 400`, async () => {
      const request = rpc(method, {}, { [metaKeys.protocolVersion]: "v999.0.0" })
      expect(await errorOf(mcp, request)).toMatchObject({
        status: 400,
        code: -32022,
        data: { supported, requested: "v999.0.0" },
      })
    })
  }

  for (const version of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
    requirement("S-036", `answers a claim of ${version} with -32022`, async () => {
      const request = rpc("tools/list", {}, { [metaKeys.protocolVersion]: version })
      expect(await errorOf(mcp, request)).toMatchObject({ status: 400, code: -32022, data: { supported } })
    })
  }

  const incomplete: readonly (readonly [what: string, rpc: Rpc])[] = [
    ["no `_meta`", withMeta(undefined)],
    ["a `_meta` that is no object", withMeta("x")],
    ["a `_meta` that is a list", withMeta([])],
    ["a `_meta` of null", withMeta(null)],
    ["no version", rpc("server/discover", {}, { [metaKeys.protocolVersion]: undefined })],
    ["a version of null", rpc("server/discover", {}, { [metaKeys.protocolVersion]: null })],
    ["no capabilities", rpc("server/discover", {}, { [metaKeys.clientCapabilities]: undefined })],
    ["capabilities of null", rpc("server/discover", {}, { [metaKeys.clientCapabilities]: null })],
    ["capabilities in a list", rpc("server/discover", {}, { [metaKeys.clientCapabilities]: [] })],
  ]
  for (const [what, request] of incomplete) {
    requirement("S-022", `answers a request with ${what} with -32602 and 400`, async () => {
      const whole = withHeaders(request, { "mcp-protocol-version": "2026-07-28" })
      expect(await errorOf(mcp, whole)).toMatchObject({ status: 400, code: -32602 })
    })
  }

  requirement("S-022", "does not need `clientInfo`", async () => {
    const request = rpc("server/discover", {}, { [metaKeys.clientInfo]: undefined })
    expect(await resultOf(mcp, request)).toHaveProperty("supportedVersions")
  })

  requirement("S-023 S-073", "answers with -32021 and 400 where the client must declare more", async () => {
    const server = quietServer()
    server.tool({ name: "sample" }, (_, ctx) => ctx.sample("Hello"))
    expect(await errorOf(server, call("sample"))).toMatchObject({
      status: 400,
      code: -32021,
      data: { requiredCapabilities: { sampling: {} } },
    })
  })

  requirement("S-025", "names its versions to a client that opens a session", async () => {
    const message = {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "c", version: "1" } },
    }
    // Over a transport that has no place for a session: HTTP has one.
    const { status, body } = await mcp.handler.handle(message, new FakeChannel())
    expect(status).toBe(400)
    expect(JSON.parse(body ?? "")).toMatchObject({
      id: 1,
      error: { code: -32022, data: { supported, requested: "2025-11-25" } },
    })
  })

  requirement("S-034", "takes an array for no message, whatever is in it", async () => {
    const response = await raw([rpc("tools/list").message, { jsonrpc: "2.0", method: "x" }])
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32600 } })
  })

  requirement("S-034", "takes a response for no message", async () => {
    const response = await raw({ jsonrpc: "2.0", id: 1, result: {} })
    expect(response.status).toBe(400)
  })

  requirement("S-034", "takes a modern header for a claim that the body forgot", async () => {
    const response = await raw(
      { jsonrpc: "2.0", id: 1, method: "initialize", params: {} },
      { "mcp-protocol-version": "2026-07-28", "mcp-method": "initialize" },
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32602 } })
  })

  const hostile: readonly unknown[] = [
    { toString: 1 },
    { toString: null, valueOf: null },
    [],
    [[]],
    null,
    7,
    true,
  ]
  for (const protocolVersion of hostile) {
    const shown = JSON.stringify(protocolVersion)
    requirement("S-034", `answers \`initialize\` of the version ${shown} with -32602`, async () => {
      const response = await raw({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion } })
      expect(await response.json()).toMatchObject({ error: { code: -32602 } })
    })
  }

  requirement("S-035 S-074", "refuses a claim without the version header", async () => {
    const request = withHeaders(rpc("tools/list"), { "mcp-protocol-version": undefined })
    expect(await errorOf(mcp, request)).toMatchObject({ status: 400, code: -32020 })
  })

  for (const version of ["2025-11-25", "v999.0.0", ""]) {
    requirement("S-035", `refuses a claim that the header \`${version}\` disagrees with`, async () => {
      const request = withHeaders(rpc("tools/list"), { "mcp-protocol-version": version })
      expect(await errorOf(mcp, request)).toMatchObject({ status: 400, code: -32020 })
    })
  }

  it.each([[{ toString: 1 }], [{ toString: null }], [[]], [7]])(
    "S-035 refuses a claim of %j, which no header can agree with",
    async (version) => {
      const request = rpc("tools/list", {}, { [metaKeys.protocolVersion]: version })
      const whole = withHeaders(request, { "mcp-protocol-version": "2026-07-28" })
      expect(await errorOf(mcp, whole)).toMatchObject({ status: 400 })
    },
  )

  requirement("S-037 S-061 S-330", "guards host, origin and credentials by itself", async () => {
    const server = quietServer({
      auth: { authenticate: () => ({ status: 401, headers: { "www-authenticate": "Bearer" } }) },
    })
    const { message, headers } = rpc("server/discover")
    const ask = (extra: { [name: string]: string }) =>
      send(server, JSON.stringify(message), { ...headers, ...extra })
    expect((await ask({ host: "evil.example.com" })).status).toBe(403)
    expect((await ask({ origin: "https://evil.example.com" })).status).toBe(403)
    expect((await ask({})).status).toBe(401)
  })
})

/** A request with this for `_meta`. */
function withMeta(meta: unknown): Rpc {
  const { message, headers } = rpc("server/discover")
  return { message: { ...message, params: meta === undefined ? {} : { _meta: meta } }, headers }
}
