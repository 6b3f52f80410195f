import { describe, expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import type { RequestInfo } from "../components/context.ts"
import { type ConnectOptions, connect } from "../testing/index.ts"

async function requestOf(options: ConnectOptions): Promise<RequestInfo> {
  const mcp = quietServer()
  let request: RequestInfo | undefined
  mcp.tool({ name: "see" }, (_, ctx) => {
    request = ctx.request
    return "seen"
  })
  await using client = await connect(mcp, options)
  await client.callTool("see")
  // The handler has run.
  return request as RequestInfo
}

describe("the headers of a request", () => {
  const secrets = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "x-goog-api-key",
    "apikey",
    "x-auth-token",
    "x-csrf-token",
    "x-amz-security-token",
    "cf-access-jwt-assertion",
    "ocp-apim-subscription-key",
    "x-client-secret",
    "x-password",
    "mcp-session-id",
    "x-auth-key",
    "dd-application-key",
    "x-parse-master-key",
    "x-amz-server-side-encryption-customer-key",
    "x-api-key-id",
    "cb-access-passphrase",
    "signature-input",
    "dpop",
  ]

  it.each(secrets)("hold no `%s`, which is among the credentials", async (name) => {
    const { headers, credentials } = await requestOf({ headers: { [name]: "s3cret" } })
    expect([headers?.get(name), headers?.get(name.toUpperCase())]).toEqual([undefined, undefined])
    expect(JSON.stringify([...(headers?.entries() ?? [])])).not.toContain("s3cret")
    expect(credentials?.get(name)).toBe("s3cret")
    expect([...(credentials?.entries() ?? [])]).toEqual([[name, "s3cret"]])
  })

  it.each(["x-request-id", "user-agent", "traceparent", "idempotency-key", "x-keyboard", "mcp-param-region"])(
    "hold `%s`",
    async (name) => {
      const { headers, credentials } = await requestOf({ headers: { [name]: "1" } })
      expect([headers?.get(name), credentials?.get(name)]).toEqual(["1", undefined])
      expect([...(headers?.entries() ?? [])]).toContainEqual([name, "1"])
    },
  )

  it("are not there where there is no HTTP", async () => {
    expect(await requestOf({})).toMatchObject({
      headers: undefined,
      credentials: undefined,
      origin: undefined,
    })
  })
})

it("a request knows its origin and its transport", async () => {
  const request = await requestOf({ headers: { origin: "https://app.example.com" } })
  expect([request.origin, request.transport]).toEqual(["https://app.example.com", "memory"])
})

it("a call of the own process has no transport", async () => {
  const mcp = quietServer()
  mcp.tool({ name: "see" }, (_, ctx) => String(ctx.request.transport))
  expect(await mcp.callTool("see")).toMatchObject({ content: [{ text: "undefined" }] })
})
