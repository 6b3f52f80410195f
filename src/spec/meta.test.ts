import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isReservedMetaKey, isValidExtensionId, isValidMetaKey, metaKeys } from "./meta.ts"

describe("isValidMetaKey", () => {
  it.each([
    "name",
    "a",
    "9",
    "a.b_c-d",
    "com.example/name",
    "com.example-site.a1/x",
    "example/name",
    "com.example/",
    ...Object.values(metaKeys),
  ])("accepts `%s`", (key) => {
    expect(isValidMetaKey(key)).toBe(true)
  })

  it.each([
    "",
    "/",
    "/name",
    "-name",
    "name-",
    "na me",
    "com..example/name",
    ".com/name",
    "com./name",
    "1com/name",
    "com-/name",
    "com.ex_ample/name",
    "com.example/a/b",
    "com.example/.name",
    "näme",
    "name\n",
    "com\n/name",
  ])("refuses %j", (key) => {
    expect(isValidMetaKey(key)).toBe(false)
  })

  it("answers quickly for long keys", () => {
    const long = `${"a-".repeat(50_000)}/${"b.".repeat(50_000)}`
    expect(isValidMetaKey(long)).toBe(false)
  })
})

describe("isValidExtensionId", () => {
  it.each(["io.modelcontextprotocol/tasks", "com.example/x", "example/x"])("accepts `%s`", (id) => {
    expect(isValidExtensionId(id)).toBe(true)
  })

  it.each(["tasks", "com.example/", "", "/x", "com.example/x y"])("refuses %j", (id) => {
    expect(isValidExtensionId(id)).toBe(false)
  })
})

describe("isReservedMetaKey", () => {
  it.each(["io.modelcontextprotocol/x", "dev.mcp/x", "org.modelcontextprotocol.api/x", "com.mcp.tools/x"])(
    "reserves `%s`, whose second label is the protocol's",
    (key) => {
      expect(isReservedMetaKey(key)).toBe(true)
    },
  )

  it.each([
    "modelcontextprotocol.io/x",
    "mcp.dev/x",
    "api.modelcontextprotocol.org/x",
    "tools.mcp.com/x",
    "a.b.c.mcp.d/x",
  ])("reserves `%s` by the rule of 2025-06-18", (key) => {
    expect(isReservedMetaKey(key)).toBe(true)
  })

  it.each(["IO.ModelContextProtocol/x", "dev.MCP/x"])("reserves `%s` in any case of letters", (key) => {
    expect(isReservedMetaKey(key)).toBe(true)
  })

  it.each(["progressToken", "traceparent", "tracestate", "baggage"])(
    "reserves `%s`, which has no prefix",
    (key) => {
      expect(isReservedMetaKey(key)).toBe(true)
    },
  )

  it.each([
    "com.example.mcp/x",
    "com.example/mcp",
    "com.example/io.modelcontextprotocol",
    "mcp/x",
    "mcp",
    "com.mcpx/x",
    "com.my-mcp.tools/x",
    "fleetmcp/issues",
    "traceParent",
    "com.example/traceparent",
    "",
  ])("leaves %j to users", (key) => {
    expect(isReservedMetaKey(key)).toBe(false)
  })

  it("reserves a malformed key whose prefix is the protocol's", () => {
    expect(isReservedMetaKey("io.modelcontextprotocol/a/b")).toBe(true)
  })

  it("reserves whatever follows the protocol's prefix", () => {
    fc.assert(fc.property(fc.string(), (name) => isReservedMetaKey(`io.modelcontextprotocol/${name}`)))
  })
})
