import { ProtocolError } from "@modelcontextprotocol/client"
import { createPrincipal, FleetMCP, type FleetMCPOptions, ToolError } from "fleetmcp"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { connect } from "./sdk-v2-client.ts"

const quiet = (options: FleetMCPOptions<readonly []> = {}) =>
  new FleetMCP("interop", { log: () => undefined, ...options })

describe("errors", () => {
  async function failing(options?: FleetMCPOptions<readonly []>) {
    const mcp = quiet(options)
    mcp.tool({ name: "add", input: z.object({ a: z.number() }) }, ({ a }) => a)
    mcp.tool({ name: "speak" }, () => {
      throw new ToolError("Try it with less")
    })
    mcp.tool({ name: "crash" }, () => {
      throw new TypeError("secret detail")
    })
    mcp.tool({ name: "ask" }, async (_, ctx) => (await ctx.sample("hi")).model)
    mcp.resource("docs://readme", () => "# Hi")
    mcp.prompt({ name: "review", args: z.object({ code: z.string() }) }, ({ code }) => code)
    return connect(mcp)
  }

  const protocolError = (run: Promise<unknown>) =>
    run.then(
      () => expect.unreachable(),
      (error: unknown) => {
        expect(error).toBeInstanceOf(ProtocolError)
        return error as ProtocolError
      },
    )

  it("say which argument is wrong, as a result that the model can read", async () => {
    const client = await failing()
    const result = await client.callTool({ name: "add", arguments: { a: "1" } })
    expect(result.isError).toBe(true)
    expect(result.content).toMatchObject([{ text: expect.stringContaining("a") }])
    expect(result._meta?.["fleetmcp/issues"]).toMatchObject([{ path: ["a"] }])
  })

  it("pass what the tool says to the model, and mask what it does not", async () => {
    const client = await failing({ maskErrors: true })
    const texts = async (tool: string) => (await client.callTool({ name: tool })).content
    expect(await texts("speak")).toEqual([{ type: "text", text: "Try it with less" }])
    expect(await texts("crash")).toEqual([{ type: "text", text: "Error calling tool 'crash'" }])
  })

  it("suggest the name that was meant", async () => {
    const client = await failing()
    const error = await protocolError(client.callTool({ name: "speek" }))
    expect(error.code).toBe(-32602)
    expect(error.message).toContain("Did you mean `speak`?")
  })

  it("name the resource that does not exist", async () => {
    const client = await failing()
    const error = await protocolError(client.readResource({ uri: "docs://nothing" }))
    expect(error.code).toBe(-32602)
    expect(error.data).toMatchObject({ uri: "docs://nothing" })
  })

  it("refuse a prompt whose argument is missing", async () => {
    const client = await failing()
    const error = await protocolError(client.getPrompt({ name: "review", arguments: {} }))
    expect(error.code).toBe(-32602)
  })

  it("name the capability that the client lacks", async () => {
    const client = await failing()
    const error = await protocolError(client.callTool({ name: "ask" }))
    expect(error.code).toBe(-32021)
    expect(error.data).toEqual({ requiredCapabilities: { sampling: {} } })
  })

  it("refuse methods that the server does not offer", async () => {
    const mcp = quiet()
    mcp.tool({ name: "only" }, () => 1)
    const client = await connect(mcp)
    const call = client.request({ method: "com.example/none", params: {} }, z.looseObject({}))
    await expect(call).rejects.toThrow("-32601")
  })
})

describe("authorization", () => {
  it("lets through who is known and shows the rest the door", async () => {
    const ada = await createPrincipal({ subject: "ada" })
    const mcp = quiet({
      auth: {
        authenticate: ({ headers }) =>
          headers.get("authorization") === "Bearer ada"
            ? ada
            : { status: 401, headers: { "www-authenticate": "Bearer" } },
      },
    })
    mcp.tool({ name: "whoami" }, (_, ctx) => ctx.auth?.subject ?? "nobody")
    await expect(connect(mcp)).rejects.toThrow()
    const client = await connect(mcp, {}, { authorization: "Bearer ada" })
    expect((await client.callTool({ name: "whoami" })).content).toEqual([{ type: "text", text: "ada" }])
  })
})
