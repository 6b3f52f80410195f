import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { answerProblem } from "./answers.ts"
import type { Answer, Question } from "./call.ts"

const text = { type: "text", text: "hello" }
const image = { type: "image", data: "AQ==", mimeType: "image/png" }
const said = { role: "assistant", model: "m", content: text }

/** Lists within lists, each of them one level. */
function nested(levels: number): unknown {
  let value: unknown = "deep"
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

describe("an answer to an elicitation", () => {
  it.each([
    { action: "accept" },
    { action: "accept", content: {} },
    { action: "accept", content: { name: "Ada", age: 36, member: false, tags: ["a", "b"], none: [] } },
    { action: "accept", content: { left: null } },
    { action: "decline" },
    { action: "cancel", _meta: { "com.example/x": {} } },
  ])("can be %j", (answer) => {
    expect(answerProblem("elicitation/create", answer)).toBeUndefined()
  })

  it.each([
    [{}, "has no `action`"],
    [{ action: "ok" }, "has no `action`"],
    [{ action: ["accept"] }, "has no `action`"],
    [{ action: "accept", content: "Ada" }, "`content`"],
    [{ action: "accept", content: null }, "`content`"],
    [{ action: "accept", content: [] }, "`content`"],
    [{ action: "accept", content: { tags: [null] } }, "`content.tags`"],
    [{ action: "accept", content: { who: { name: "Ada" } } }, "`content.who`"],
    [{ action: "accept", content: { tags: ["a", 1] } }, "`content.tags`"],
    [{ action: "accept", content: { tags: [["a"]] } }, "`content.tags`"],
    [{ action: "decline", content: { name: {} } }, "`content.name`"],
  ])("cannot be %j", (answer, problem) => {
    expect(answerProblem("elicitation/create", answer as Answer)).toContain(problem)
  })

  it("fills no message with a name that the client made", () => {
    const answer = { action: "accept", content: { ["x".repeat(10_000)]: {} } }
    expect(answerProblem("elicitation/create", answer)?.length).toBeLessThan(250)
  })
})

describe("an answer to a sampling request", () => {
  it.each([
    said,
    { ...said, role: "user", stopReason: "endTurn" },
    { ...said, content: image },
    { ...said, content: { type: "audio", data: "AQ==", mimeType: "audio/wav", extra: 1 } },
    { ...said, content: [] },
    { ...said, content: [text, { type: "tool_use", id: "1", name: "add", input: {} }] },
    { ...said, content: [{ type: "tool_result", toolUseId: "1", content: [text, image] }] },
    {
      ...said,
      content: {
        type: "tool_result",
        toolUseId: "1",
        content: [
          { type: "resource_link", uri: "a://b", name: "b" },
          { type: "resource", resource: { uri: "a://b", text: "" } },
          { type: "resource", resource: { uri: "a://b", blob: "AQ==" } },
        ],
      },
    },
  ])("can be %j", (answer) => {
    expect(answerProblem("sampling/createMessage", answer)).toBeUndefined()
  })

  it.each([
    [{}, "`role`"],
    [{ ...said, role: "system" }, "`role`"],
    [{ ...said, model: undefined }, "`model`"],
    [{ ...said, model: 4 }, "`model`"],
    [{ ...said, stopReason: null }, "`stopReason`"],
    [{ ...said, content: undefined }, "`content`"],
    [{ ...said, content: "hello" }, "`content`"],
    [{ ...said, content: {} }, "`content.type`"],
    [{ ...said, content: { type: "video" } }, "`content.type`"],
    [{ ...said, content: { type: "toString" } }, "`content.type`"],
    [{ ...said, content: { type: "resource", resource: { uri: "a://b", text: "" } } }, "`content.type`"],
    [{ ...said, content: { type: "text" } }, "`content.text`"],
    [{ ...said, content: { ...image, mimeType: 1 } }, "`content.mimeType`"],
    [{ ...said, content: [text, null] }, "`content[1]`"],
    [{ ...said, content: [text, [text]] }, "`content[1]`"],
    [{ ...said, content: [{ type: "tool_use", id: "1", name: "add", input: [] }] }, "`content[0].input`"],
    [{ ...said, content: { type: "tool_result", toolUseId: "1" } }, "`content.content`"],
    [
      { ...said, content: { type: "tool_result", toolUseId: "1", content: [{ type: "tool_use" }] } },
      "`content.content[0].type`",
    ],
    [
      {
        ...said,
        content: { type: "tool_result", toolUseId: "1", content: [{ type: "resource", resource: {} }] },
      },
      "`content.content[0].resource`",
    ],
  ])("cannot be %j", (answer, problem) => {
    expect(answerProblem("sampling/createMessage", answer as Answer)).toContain(problem)
  })
})

describe("an answer to a request for roots", () => {
  it.each([
    { roots: [] },
    { roots: [{ uri: "file:///home/ada" }, { uri: "file:///c:/x%20y", name: "x y", _meta: {} }] },
  ])("can be %j", (answer) => {
    expect(answerProblem("roots/list", answer)).toBeUndefined()
  })

  it.each([
    [{}, "list `roots`"],
    [{ roots: { uri: "file:///a" } }, "list `roots`"],
    [{ roots: ["file:///a"] }, "`roots[0]`"],
    [{ roots: [{ uri: "file:///a" }, null] }, "`roots[1]`"],
    [{ roots: [{}] }, "`roots[0].uri`"],
    [{ roots: [{ uri: "https://example.com" }] }, "`roots[0].uri`"],
    [{ roots: [{ uri: "/home/ada" }] }, "`roots[0].uri`"],
    [{ roots: [{ uri: "file://%zz" }] }, "`roots[0].uri`"],
    [{ roots: [{ uri: "file:///a", name: 1 }] }, "`roots[0].name`"],
  ])("cannot be %j", (answer, problem) => {
    expect(answerProblem("roots/list", answer as Answer)).toContain(problem)
  })
})

describe("any answer", () => {
  const methods = ["elicitation/create", "sampling/createMessage", "roots/list"] as const

  it("may nest 64 levels, and no more, wherever that is", () => {
    for (const method of methods) {
      const good = {
        "elicitation/create": { action: "cancel" },
        "sampling/createMessage": said,
        "roots/list": { roots: [] },
      }
      expect(answerProblem(method, { ...good[method], _meta: nested(63) })).toBeUndefined()
      expect(answerProblem(method, { ...good[method], _meta: nested(64) })).toContain("64 levels")
      expect(answerProblem(method, { ...good[method], _meta: nested(100_000) })).toContain("64 levels")
    }
  })

  it("is judged without an error, whatever it is", () => {
    const arbitrary = fc.tuple(
      fc.constantFrom<Question["method"]>(...methods),
      fc.dictionary(fc.constantFrom("action", "content", "role", "model", "roots", "x"), fc.jsonValue()),
    )
    fc.assert(
      fc.property(arbitrary, ([method, answer]) => {
        const problem = answerProblem(method, answer)
        if (problem !== undefined) expect(problem).toMatch(/^(has|is) /)
      }),
    )
  })
})
