import { describe, expect, it } from "vitest"
import dereference from "../../examples/middleware-dereference.ts"
import { orders, stock } from "../../examples/middleware-inject-tools.ts"
import ping from "../../examples/middleware-ping.ts"
import prompts from "../../examples/middleware-prompt-tools.ts"
import resources from "../../examples/middleware-resource-tools.ts"
import retry, { retried } from "../../examples/middleware-retry.ts"
import timeout from "../../examples/middleware-timeout.ts"
import { callForText, connect } from "./example.ts"

describe("middleware-*.ts", () => {
  it("tries a call again", async () => {
    expect(await callForText(await connect(retry), "forecast")).toBe("Sunny")
    expect(retried).toEqual(["forecast 1", "forecast 2"])
  })

  it("adds a tool to two servers", async () => {
    for (const mcp of [orders, stock])
      expect(await callForText(await connect(mcp), "about")).toBe("Run by the platform team")
  })

  it("gets a prompt by a tool", async () => {
    const args = { name: "plan", arguments: { city: "Rome" } }
    expect(await callForText(await connect(prompts), "get_prompt", args)).toContain("Plan a trip to Rome.")
  })

  it("reads a resource by a tool", async () => {
    const client = await connect(resources)
    expect(await callForText(client, "list_resources")).toContain("users://{id}")
    expect(await callForText(client, "read_resource", { uri: "notes://today" })).toBe("Buy milk.")
  })

  it("bounds a call", async () => {
    const client = await connect(timeout)
    expect(await callForText(client, "look_up")).toContain("did not finish within 50 ms")
    expect(await callForText(client, "build_report")).toBe("built")
  })

  it("serves clients that are not pinged", async () => {
    expect(await callForText(await connect(ping), "now")).toBe("12:00")
  })

  it("lists schemas without references", async () => {
    const { tools } = await (await connect(dereference)).listTools()
    expect(JSON.stringify(tools)).not.toContain("$ref")
  })
})
