import { describe, expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import { resource } from "../components/resource.ts"
import { tool } from "../components/tool.ts"
import { defineProvider, type Resolved } from "./provider.ts"

const count = tool({ name: "count" }, () => 3)
const users = resource("db://users", () => ["ada"])

/** A component as a provider gives it. */
const resolved = {
  tool: { component: count, owner: "db", invoke: count.invoke } satisfies Resolved<"tool">,
  resource: { component: users, owner: "db", invoke: users.invoke } satisfies Resolved<"resource">,
}

describe("defineProvider", () => {
  it("needs no casts for lists and finds of several kinds", async () => {
    const db = defineProvider({
      name: "db",
      list: (kind) => (kind === "tool" ? [resolved.tool] : []),
      find: async (kind, id) => (kind === "resource" && id === "db://users" ? resolved.resource : undefined),
    })
    const mcp = quietServer({ providers: [db] })
    expect((await mcp.listTools()).map(({ name }) => name)).toEqual(["count"])
    expect(await mcp.callTool("count")).toMatchObject({ structuredContent: 3 })
    expect(await mcp.readResource("db://users")).toMatchObject({ contents: [{ text: '["ada"]' }] })
  })

  it("takes an object of a class, with fields of its own", () => {
    class Db {
      readonly name = "db"
      readonly url = "db://"
      list() {
        return []
      }
    }
    const db = new Db()
    expect(defineProvider(db)).toBe(db)
  })

  it.each([
    [{ name: "db", list: () => [], onChanged: () => undefined }, "FLEET-09", "Did you mean `onChange`?"],
    [{ name: "db" }, "INVALID_OPTION", "`list` of the provider is `undefined`. Give a function."],
    [{ list: () => [] }, "INVALID_OPTION", "`name` of the provider"],
    [{ name: "db", list: [] }, "INVALID_OPTION", "Give a function."],
    [() => [], "INVALID_OPTION", "Give an object."],
  ])("refuses %j", (provider, code, text) => {
    expect(() => defineProvider(provider as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    )
  })
})
