import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { deepFreeze, wireValue } from "../../../test/eras/wire-value.ts"
import { features } from "../../spec/features.ts"
import { type SessionRevision, sessionRevisions } from "../../spec/revisions.ts"
import { asChanceObject } from "../structured.ts"
import { createRenderer, type Renderer } from "./render.ts"

type Fields = { readonly [name: string]: unknown }

const lists: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
    "resources/read": "contents",
    "prompts/get": "messages",
    "tools/call": "content",
  }),
)

const listOf = (method: string): string => lists.get(method) ?? "items"

const methods = [...lists.keys(), "completion/complete", "initialize", "toString", "__proto__", "constructor"]

const renderer = (revision: SessionRevision): Renderer => createRenderer(features[revision])

/** Results of any method: JSON that looks like one, and more or less is. */
const anyResult = fc
  .tuple(fc.constantFrom(...methods), wireValue, fc.array(wireValue, { maxLength: 3 }))
  .map(([method, value, items]) => {
    const fields = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}
    return { method, result: deepFreeze({ ...fields, [listOf(method)]: items }) as Fields }
  })

const anyRevision = fc.constantFrom(...sessionRevisions)

describe("a rendered result", () => {
  it("is JSON of whatever the server said, which is left as it was", () => {
    fc.assert(
      fc.property(anyRevision, anyResult, (revision, { method, result }) => {
        const before = JSON.stringify(result)
        const rendered = renderer(revision).result(method, result)
        expect(typeof rendered).toBe("object")
        expect(JSON.parse(JSON.stringify(rendered))).toEqual(rendered)
        expect(JSON.stringify(result)).toBe(before)
      }),
      { numRuns: 1000 },
    )
  })

  it("is in the words of the revision for good", () => {
    fc.assert(
      fc.property(anyRevision, anyResult, (revision, { method, result }) => {
        const { result: render } = renderer(revision)
        const once = render(method, result)
        expect(render(method, once)).toEqual(once)
      }),
      { numRuns: 1000 },
    )
  })

  it("keeps what nobody knows", () => {
    fc.assert(
      fc.property(anyRevision, anyResult, wireValue, (revision, { method, result }, unknown) => {
        const list = listOf(method)
        const marked = (result[list] as readonly unknown[]).map((item) =>
          typeof item === "object" && item !== null && !Array.isArray(item)
            ? { ...item, later: unknown }
            : item,
        )
        const rendered = renderer(revision).result(method, { ...result, later: unknown, [list]: marked })
        const items = rendered[list] as readonly unknown[]
        expect(rendered.later).toEqual(unknown)
        for (const [index, item] of marked.entries()) {
          const isLink = typeof item === "object" && (item as Fields | null)?.type === "resource_link"
          // Words have no place for it.
          if (isLink && !features[revision].resourceLink && method === "tools/call") continue
          if (typeof item === "object" && item !== null && !Array.isArray(item))
            expect(items[index]).toMatchObject({ later: unknown })
        }
      }),
      { numRuns: 500 },
    )
  })

  it("is the same object where nothing has to be said otherwise", () => {
    const result = { tasks: [] }
    expect(renderer("2024-11-05").result("tasks/list", result)).toBe(result)
  })
})

describe("the capabilities of a server", () => {
  const all = {
    tools: { listChanged: true },
    completions: {},
    extensions: { "com.example/x": {} },
    logging: {},
  }

  it.each([
    ["2024-11-05", { tools: all.tools, logging: {} }],
    ["2025-03-26", { tools: all.tools, logging: {}, completions: {} }],
    ["2025-06-18", { tools: all.tools, logging: {}, completions: {} }],
    ["2025-11-25", all],
  ] as const)("are those that %s knows", (revision, known) => {
    expect(renderer(revision).capabilities(all)).toEqual(known)
  })
})

describe("structured content where it must be an object", () => {
  const render = (structuredContent: unknown) =>
    renderer("2025-11-25").result("tools/call", { content: [], structuredContent }).structuredContent

  it.each([[5], ["text"], [null], [false], [[1]], [[]]])("stands under `result`: %j", (value) => {
    expect(render(value)).toEqual({ result: value })
  })

  it("is itself where it is one", () => {
    expect(render({ a: 1 })).toEqual({ a: 1 })
  })

  it("stands under `result` where it is one only by chance", () => {
    expect(render(asChanceObject({ a: 1 }))).toEqual({ result: { a: 1 } })
  })
})

describe("content for 2024-11-05", () => {
  const render = (block: Fields) => {
    const { content } = renderer("2024-11-05").result("tools/call", { content: [block] })
    return (content as readonly Fields[])[0]
  }

  it.each([
    [{ uri: "a://b", name: "b" }, "b <a://b>"],
    [{ uri: "a://b", name: "b", title: "B" }, "B <a://b>"],
    [{ uri: "a://b", name: "b", title: "" }, "b <a://b>"],
    [{ uri: "a://b" }, "<a://b>"],
    [{ uri: "a://b", name: "b", description: "Bees" }, "b <a://b>: Bees"],
    [{ uri: "a://b", name: { toString: 1 }, title: [], description: { valueOf: 1 } }, "<a://b>"],
  ])("names a link in words: %j", (link, text) => {
    expect(render({ type: "resource_link", ...link })).toEqual({ type: "text", text })
  })

  it("holds sound as a resource, for whom it was", () => {
    const annotations = { audience: ["user"] }
    expect(render({ type: "audio", data: "AA==", mimeType: "audio/wav", annotations })).toEqual({
      type: "resource",
      resource: { uri: "content://audio", mimeType: "audio/wav", blob: "AA==" },
      annotations,
    })
  })
})

describe("a tool of which the properties are any", () => {
  const properties = { any: true, none: false, name: { type: "string" } }
  const tool = { name: "a", inputSchema: { type: "object", properties, required: ["any"] } }

  it.each(sessionRevisions)("describes each by an object in %s", (revision) => {
    const { tools } = renderer(revision).result("tools/list", { tools: [tool] })
    expect(tools).toEqual([
      {
        ...tool,
        inputSchema: {
          type: "object",
          properties: { any: {}, none: { not: {} }, name: { type: "string" } },
          required: ["any"],
        },
      },
    ])
  })
})
