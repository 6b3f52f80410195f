import {
  challengeScopes,
  complete,
  createPrincipal,
  defineMiddleware,
  definePlugin,
  FleetMCP,
  requireScopes,
} from "fleetmcp"
import { connect } from "fleetmcp/testing"
import { describe, expect, it } from "vitest"
import * as z from "zod"

describe("what a caller may not see", () => {
  it("is left out of the answer where middleware filters a list", async () => {
    const mcp = new FleetMCP("filtered")
    mcp.tool({ name: "open" }, () => 1)
    mcp.tool({ name: "hidden" }, () => 1)
    const filter = defineMiddleware({
      async listTools(_call, next) {
        const outcome = await next()
        if (outcome.kind !== "complete") return outcome
        const tools = outcome.result.tools.filter(({ name }) => name === "open")
        return complete({ ...outcome.result, tools })
      },
    })
    mcp.use(filter)
    await using client = await connect(mcp)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["open"])
  })

  it("is not opened by a caller nobody knows: `as: undefined` is not the server itself", async () => {
    const mcp = new FleetMCP("anonymous")
    mcp.tool({ name: "admin", auth: requireScopes("admin") }, () => "secret")
    await expect(mcp.callTool("admin", {}, { as: undefined })).rejects.toThrow("No tool named `admin`")
    await expect(mcp.callTool("admin")).resolves.toMatchObject({ content: [{ text: "secret" }] })
  })

  it("is not opened by a template that fits its URI as well", async () => {
    const mcp = new FleetMCP("hidden")
    mcp.resource({ uri: "users://me", auth: requireScopes("me") }, () => "secret")
    mcp.resource("users://{id}", ({ id }) => `user ${id}`)
    await expect(mcp.readResource("users://me", { as: undefined })).rejects.toThrow("Resource not found")
    await expect(mcp.readResource("users://7", { as: undefined })).resolves.toMatchObject({
      contents: [{ text: "user 7" }],
    })
    await expect(mcp.readResource("users://me")).resolves.toMatchObject({ contents: [{ text: "secret" }] })
  })

  it("is not opened by asking for a version that only a template has", async () => {
    const mcp = new FleetMCP("hidden")
    mcp.resource({ uri: "files://secret", auth: () => false }, () => "secret")
    mcp.resource({ uri: "files://open", version: "2.0" }, () => "newer")
    mcp.resource({ uri: "files://{name}", version: "1.0" }, ({ name }) => `template ${name}`)
    await using client = await connect(mcp)
    const read = (uri: string) => client.readResource(uri, { version: "1.0" })
    await expect(read("files://secret")).rejects.toThrow("Resource not found")
    await expect(read("files://open")).resolves.toMatchObject({ contents: [{ text: "template open" }] })
  })

  it("is not completed for callers who lack the scopes that it demands openly", async () => {
    const mcp = new FleetMCP("challenged")
    const args = z.object({ tenant: z.string() })
    mcp.prompt({ name: "p", args, auth: challengeScopes("admin"), complete: { tenant: ["acme"] } }, () => "x")
    await using client = await connect(mcp)
    const ref = { type: "ref/prompt", name: "p" } as const
    await expect(client.complete(ref, { name: "tenant", value: "" })).rejects.toThrow(
      "needs the scope `admin`",
    )
  })

  it("is seen again by the same caller with more scopes, in dynamic providers too", async () => {
    const mcp = new FleetMCP("stepped up")
    const hidden = new FleetMCP("source").tool({ name: "dyn", auth: requireScopes("w") }, () => "found")
    mcp.tool({ name: "other" }, () => 1)
    const provider = {
      name: "dynamic",
      list: () => [],
      find: (kind: string, id: string) =>
        kind === "tool" && id === "dyn"
          ? { component: hidden, owner: "dynamic", invoke: hidden.invoke }
          : undefined,
      onChange: () => () => undefined,
    }
    mcp.plugin(definePlugin({ id: "com.example/dynamic", providers: [provider as never] }))
    const before = await createPrincipal({ subject: "ada" })
    const after = await createPrincipal({ subject: "ada", scopes: ["w"] })
    await expect(mcp.callTool("dyn", {}, { as: before })).rejects.toThrow("No tool named `dyn`")
    await expect(mcp.callTool("dyn", {}, { as: after })).resolves.toMatchObject({
      content: [{ text: "found" }],
    })
  })

  it("needs a scope with a name", () => {
    expect(() => requireScopes()).toThrow("one scope at least")
    expect(() => challengeScopes()).toThrow("one scope at least")
  })
})

describe("telemetry", () => {
  it("does not end the process when an exporter fails later", async () => {
    const records: string[] = []
    const mcp = new FleetMCP("watched", { log: ({ message }) => void records.push(message) })
    mcp.tool({ name: "t" }, () => 1)
    const end = async (): Promise<never> => {
      throw new TypeError("The exporter is down")
    }
    mcp.plugin(definePlugin({ id: "com.example/telemetry", on: { call: { end: end as never } } }))
    await mcp.callTool("t")
    await new Promise((resolve) => setImmediate(resolve))
    expect(records).toHaveLength(1)
  })
})

describe("a time-out", () => {
  it("of Infinity is none", async () => {
    const mcp = new FleetMCP("patient")
    const slow = () => new Promise<string>((resolve) => setTimeout(() => resolve("done"), 20))
    mcp.tool({ name: "slow", timeout: Number.POSITIVE_INFINITY }, slow)
    await expect(mcp.callTool("slow")).resolves.toMatchObject({ content: [{ text: "done" }] })
  })
})
