import { describe, expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import { prompt } from "../components/prompt.ts"
import { resource } from "../components/resource.ts"
import { tool } from "../components/tool.ts"
import { LocalProvider } from "./local.ts"

const ping = tool({ name: "ping" }, () => "pong")
const provider = () => new LocalProvider("test", "error", () => undefined)

describe("LocalProvider", () => {
  it("takes what the factories made, of another copy of the package too", () => {
    const local = provider()
    local.add([ping, resource("x://a", () => "a"), resource("x://{a}", () => "a"), prompt("p", () => "p")])
    local.replace({ ...ping })
    expect(local.components).toHaveLength(4)
  })

  it.each([
    [{ name: "x", execute: () => 1 }, "is an object. Make it with `tool({ … }, handler)`"],
    [{}, "is an object. Make it with"],
    [{ ...ping, kind: "gadget" }, "is an object. Make it with"],
    [{ ...ping, invoke: undefined }, "is an object. Make it with"],
    [5, "is `5`. Make it with"],
    [null, "is `null`. Make it with"],
    [() => 1, "is a function. Make it with"],
    [[ping], "is a list. Spread it: `mcp.add(...list)`."],
  ])("refuses %j", (value, message) => {
    const refused = expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining(message),
    })
    const local = provider()
    expect(() => local.add([ping, value as never])).toThrow(refused)
    expect(() => local.replace(value as never)).toThrow(refused)
    expect(local.components).toEqual([])
  })

  it.each(["ping", {}, null, { kind: "tool" }])("does not know what %j should remove", (value) => {
    const local = provider()
    local.add([ping])
    expect(() => local.remove(value as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("`kind`, `id`") }),
    )
    expect(local.components).toEqual([ping])
  })

  it("removes by kind, id and version", () => {
    const local = provider()
    local.add([ping])
    expect(local.remove({ kind: "tool", id: "pong", version: undefined })).toBe(false)
    expect(local.remove({ kind: "tool", id: "ping", version: undefined })).toBe(true)
  })

  it("refuses as an option of a server", () => {
    expect(() => quietServer({ tools: [5 as never] })).toThrow("Make it with `tool(")
  })
})
