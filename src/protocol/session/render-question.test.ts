import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { deepFreeze, wireValue } from "../../../test/eras/wire-value.ts"
import { isFleetError } from "../../errors/any-fleet-error.ts"
import { features } from "../../spec/features.ts"
import type { ClientCapabilities } from "../../spec/index.ts"
import { type SessionRevision, sessionRevisions } from "../../spec/revisions.ts"
import type { Question } from "../call.ts"
import { renderQuestion } from "./render-question.ts"

const everything: ClientCapabilities = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {} },
  roots: {},
}

interface Given {
  readonly method?: Question["method"]
  readonly capabilities?: ClientCapabilities
}

function render(revision: SessionRevision, params: Question["params"], given: Given = {}) {
  const { method = "elicitation/create", capabilities = everything } = given
  const asked = { revision, features: features[revision], capabilities }
  return renderQuestion({ method, params, key: undefined }, asked)
}

const code = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return isFleetError(error) ? error.code : error
  }
  return undefined
}

const form = (field: object) => ({
  mode: "form",
  message: "?",
  requestedSchema: { type: "object", properties: { field } },
})

const fieldOf = (revision: SessionRevision, field: object): unknown =>
  (render(revision, form(field)).requestedSchema as { properties: { field: unknown } }).properties.field

const sample = (content: unknown, more: object = {}) => ({
  maxTokens: 9,
  messages: [{ role: "user", content, ...more }],
})

describe("a question", () => {
  it("of any shape is rendered or refused in words, and left as it was", () => {
    const methods = fc.constantFrom("elicitation/create", "sampling/createMessage", "roots/list")
    const isParams = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value)
    const params = fc.oneof(
      wireValue.filter(isParams),
      fc.record({ requestedSchema: wireValue }),
      fc.record({ requestedSchema: fc.record({ properties: wireValue }) }),
      fc.record({ messages: fc.array(fc.record({ content: wireValue })) }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...sessionRevisions), methods, params, (revision, method, value) => {
        const given = deepFreeze(value) as Question["params"]
        const before = JSON.stringify(given)
        expect([undefined, "MISSING_CLIENT_CAPABILITY", "NOT_IN_REVISION"]).toContain(
          code(() => JSON.stringify(render(revision, given, { method }))),
        )
        expect(JSON.stringify(given)).toBe(before)
      }),
      { numRuns: 1000 },
    )
  })

  it.each(sessionRevisions)("without parameters has none for %s", (revision) => {
    expect(render(revision, undefined, { method: "roots/list" })).toEqual({})
  })
})

describe("a form", () => {
  it.each(["2024-11-05", "2025-03-26"] as const)(
    "is unknown to %s, whatever its client declares",
    (revision) => {
      expect(code(() => render(revision, form({ type: "string" })))).toBe("MISSING_CLIENT_CAPABILITY")
    },
  )

  it("is said whole to 2025-11-25", () => {
    const params = form({ type: "array", items: { enum: ["a"] }, default: ["a"] })
    expect(render("2025-11-25", params)).toBe(params)
  })

  it("has neither a mode nor a dialect for 2025-06-18", () => {
    const requestedSchema = { $schema: "x", type: "object", properties: {}, required: [] }
    expect(render("2025-06-18", { mode: "form", message: "?", requestedSchema })).toEqual({
      message: "?",
      requestedSchema: { type: "object", properties: {}, required: [] },
    })
  })

  it.each([
    [
      { type: "string", default: "a", title: "T" },
      { type: "string", title: "T" },
    ],
    [
      { type: "number", default: 1, minimum: 0 },
      { type: "number", minimum: 0 },
    ],
    [
      { type: "boolean", default: false },
      { type: "boolean", default: false },
    ],
    [
      { type: "string", enum: ["a"], default: "a" },
      { type: "string", enum: ["a"] },
    ],
    [
      { type: "string", oneOf: [{ const: "a", title: "A" }, { const: "b" }, null] },
      { type: "string", enum: ["a", "b"], enumNames: ["A", "b"] },
    ],
  ])("has fields of 2025-06-18: %j", (field, expected) => {
    expect(fieldOf("2025-06-18", field)).toEqual(expected)
  })

  it("with a choice of several cannot be said to 2025-06-18", () => {
    expect(code(() => render("2025-06-18", form({ type: "array" })))).toBe("NOT_IN_REVISION")
  })

  it("that an author wrote without a schema is left to the client to refuse", () => {
    const params = { message: "?" }
    expect(render("2025-06-18", params)).toBe(params)
  })
})

describe("a page to visit", () => {
  const page = { mode: "url", message: "?", url: "https://example.com" }

  it("has an id for 2025-11-25", () => {
    expect(render("2025-11-25", page)).toEqual({ ...page, elicitationId: expect.any(String) })
  })

  it("has the id that its author gave it", () => {
    const named = { ...page, elicitationId: "mine" }
    expect(render("2025-11-25", named)).toEqual(named)
  })

  it("is unknown to 2025-06-18, whatever its client declares", () => {
    expect(code(() => render("2025-06-18", page))).toBe("MISSING_CLIENT_CAPABILITY")
  })
})

describe("messages to a model", () => {
  const method = "sampling/createMessage"
  const messagesOf = (revision: SessionRevision, params: Question["params"]) =>
    render(revision, params, { method }).messages
  const a = { type: "text", text: "a" }
  const b = { type: "text", text: "b" }

  it.each(["2024-11-05", "2025-03-26", "2025-06-18"] as const)("hold one block each for %s", (revision) => {
    expect(messagesOf(revision, sample([a, b], { _meta: { x: 1 } }))).toEqual([
      { role: "user", content: a },
      { role: "user", content: b },
    ])
  })

  it("hold lists for 2025-11-25", () => {
    const params = sample([a, b], { _meta: { x: 1 } })
    expect(messagesOf("2025-11-25", params)).toEqual(params.messages)
  })

  it("hold blocks of the revision", () => {
    const block = { ...a, _meta: { x: 1 }, annotations: { priority: 1, lastModified: "2026" } }
    expect([messagesOf("2025-03-26", sample(block)), messagesOf("2025-06-18", sample(block))]).toEqual([
      [{ role: "user", content: { ...a, annotations: { priority: 1 } } }],
      [{ role: "user", content: block }],
    ])
  })

  it.each([
    ["2024-11-05", "audio"],
    ["2024-11-05", "tool_use"],
    ["2025-06-18", "tool_use"],
    ["2025-06-18", "tool_result"],
  ] as const)("for %s hold no %s", (revision, type) => {
    expect(code(() => messagesOf(revision, sample([a, { type }])))).toBe("NOT_IN_REVISION")
  })

  it.each([
    ["2025-03-26", "audio"],
    ["2025-11-25", "tool_use"],
  ] as const)("for %s hold %s", (revision, type) => {
    expect(messagesOf(revision, sample({ type }))).toEqual([{ role: "user", content: { type } }])
  })

  it("that come with tools are unknown before 2025-11-25, whatever a client declares", () => {
    const params = { ...sample(a), tools: [] }
    expect(code(() => messagesOf("2025-06-18", params))).toBe("MISSING_CLIENT_CAPABILITY")
  })

  it("show tools and their results as lists and calls do", () => {
    const tools = [{ name: "n", inputSchema: { type: "object" }, outputSchema: { type: "number" } }]
    const content = { type: "tool_result", toolUseId: "1", content: [], structuredContent: 5 }
    expect(render("2025-11-25", { ...sample(content), tools }, { method })).toEqual({
      ...sample({ ...content, structuredContent: { result: 5 } }),
      tools: [
        {
          ...tools[0],
          outputSchema: {
            type: "object",
            properties: { result: { type: "number" } },
            required: ["result"],
            "x-fastmcp-wrap-result": true,
          },
        },
      ],
    })
  })
})
