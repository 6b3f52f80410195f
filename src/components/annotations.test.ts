import { describe, expect, it } from "vitest"
import { InvalidAnnotations, InvalidMeta } from "../errors/components.ts"
import { assertMeta, toAnnotations, toToolAnnotations } from "./annotations.ts"

describe("toAnnotations", () => {
  it("reads what a class inherits", () => {
    class Hints {
      get priority() {
        return 1
      }
    }
    expect(toAnnotations(new Hints(), "`text()`")).toEqual({ priority: 1 })
  })

  it("returns a frozen copy of what the specification allows", () => {
    const given = { audience: ["user", "assistant"], priority: 0, lastModified: "2026-07-28" } as const
    const checked = toAnnotations(given, "`text()`")
    expect(checked).toEqual(given)
    expect(checked).not.toBe(given)
    expect(Object.isFrozen(checked)).toBe(true)
  })

  it.each([
    ["an unknown field", { importance: 1 }, /`importance` is not an annotation.*`priority`/],
    ["an unknown audience", { audience: ["model"] }, /`audience` holds `"model"`/],
    ["an audience that is a bigint", { audience: 5n }, /`audience` is `5`/],
    ["an audience that holds a hole", { audience: [undefined] }, /`audience` holds `undefined`/],
    ["an audience with a cycle", { audience: cyclic() }, /`audience` holds a list/],
    ["a priority without a prototype", { priority: Object.create(null) }, /`priority` is an object/],
    ["a time without a prototype", { lastModified: Object.create(null) }, /`lastModified` is an object/],
    ["an audience that is no list", { audience: "user" }, /`audience`/],
    ["an empty audience", { audience: [] }, /`audience`/],
    ["a priority beyond 1", { priority: 1.1 }, /`priority` is `1.1`/],
    ["a priority below 0", { priority: -0.1 }, /from 0 to 1/],
    ["a priority that is no number", { priority: Number.NaN }, /`priority` is `NaN`/],
    ["a time that is none", { lastModified: "yesterday" }, /ISO 8601/],
    ["a time that does not exist", { lastModified: "2026-13-01" }, /ISO 8601/],
    ["a Date", { lastModified: new Date(0) }, /toISOString/],
  ])("refuses %s", (_, annotations, message) => {
    // The types say so too; JavaScript callers get the message.
    const check = (): unknown => toAnnotations(annotations as never, "`text()`")
    expect(check).toThrow(InvalidAnnotations)
    expect(check).toThrow(message)
  })
})

describe("toToolAnnotations", () => {
  it("returns a frozen copy of hints and a title", () => {
    const hints = { title: "Add", readOnlyHint: true, destructiveHint: false, openWorldHint: false }
    expect(toToolAnnotations(hints, "tool `add`")).toEqual(hints)
    expect(Object.isFrozen(toToolAnnotations(hints, "tool `add`"))).toBe(true)
  })

  it.each([[{ readOnly: true }], [{ readOnlyHint: "yes" }], [{ title: 1 }]])("refuses %j", (annotations) => {
    expect(() => toToolAnnotations(annotations as never, "tool `add`")).toThrow(InvalidAnnotations)
  })
})

describe("assertMeta", () => {
  it.each([
    "a",
    "a.b-c_d",
    "com.example/a",
    "x.com/",
    "mcp/a",
    "progress",
    "openai/outputTemplate",
    "traceparent",
  ])("takes the key %j", (key) => {
    expect(() => assertMeta({ [key]: 1 }, "tool `add`")).not.toThrow()
  })

  it.each([
    "io.modelcontextprotocol/a",
    "dev.mcp/a",
    "com.mcp.tools/a",
    "mcp.dev/a",
    "tools.mcp.com/a",
    "modelcontextprotocol.io/",
    "IO.ModelContextProtocol/a",
  ])("refuses the key %j, which is the protocol's", (key) => {
    expect(() => assertMeta({ [key]: 1 }, "tool `add`")).toThrow(/reserved for the protocol/)
  })

  it.each(["/a", "-a/b", "1a/b", "a./b", "a..b/c", "a b", "a/-b", "a/b/c", "_a", `${"a".repeat(300)}`])(
    "refuses the key %j, which is malformed",
    (key) => {
      expect(() => assertMeta({ [key]: 1 }, "tool `add`")).toThrow(InvalidMeta)
    },
  )

  const cycle: { [key: string]: unknown } = {}
  cycle.self = [cycle]

  it.each([
    ["a BigInt", { "com.x/n": 10n }, 'meta["com.x/n"]'],
    ["a cycle", { a: cycle }, "meta.a.self[0]"],
    ["a function", { a: { b: () => 1 } }, "meta.a.b"],
    ["a number without end", { a: [Number.NaN] }, "meta.a[0]"],
    ["a promise", { a: Promise.resolve(1) }, "meta.a"],
  ])("refuses %s, naming the place", (_, meta, place) => {
    expect(() => assertMeta(meta as never, "tool `add`")).toThrow(InvalidMeta)
    expect(() => assertMeta(meta as never, "tool `add`")).toThrow(`\`${place}\``)
  })

  it.each([5, "a", null, [1], new Date(0)])("refuses %j, which is no object", (meta) => {
    expect(() => assertMeta(meta as never, "tool `add`")).toThrow(InvalidMeta)
  })

  it("takes what becomes JSON, such as a date", () => {
    expect(() =>
      assertMeta({ "com.x/at": new Date(0), gone: undefined } as never, "tool `add`"),
    ).not.toThrow()
  })
})

function cyclic(): unknown[] {
  const list: unknown[] = []
  list.push(list)
  return list
}
