import { describe, expect, it } from "vitest"
import { InvalidMeta, InvalidResult } from "../errors/components.ts"
import type { GetPromptResult } from "../spec/index.ts"
import { image, text } from "./content.ts"
import { toGetPromptResult } from "./prompt-messages.ts"
import { message, PromptResult } from "./prompt-result.ts"

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function get(value: unknown, description?: string): GetPromptResult {
  return toGetPromptResult(value, { description, subject: "prompt `p`" })
}

const says = (role: string, words: string): object => ({ role, content: { type: "text", text: words } })

describe("what a prompt's handler returns", () => {
  it("is one message of the user when it is a string", () => {
    expect(get("Review")).toStrictEqual({ messages: [says("user", "Review")] })
  })

  it("carries the description of the prompt", () => {
    expect(get("Review", "Reviews code").description).toBe("Reviews code")
  })

  it("may be messages of both sides", () => {
    const messages = [message.user("a"), message.assistant("b"), { role: "user", content: "c" }, "d"]
    expect(get(messages).messages).toEqual([
      says("user", "a"),
      says("assistant", "b"),
      says("user", "c"),
      says("user", "d"),
    ])
  })

  it("may be a single message or block", () => {
    expect(get(message.assistant("b")).messages).toEqual([says("assistant", "b")])
    expect(get(image(png)).messages).toEqual([{ role: "user", content: image(png) }])
    expect(get({ type: "text", text: "a" }).messages).toEqual([says("user", "a")])
  })

  it("becomes one message for each block of a message", () => {
    expect(get(message.user(["Look:", image(png)])).messages).toEqual([
      says("user", "Look:"),
      { role: "user", content: image(png) },
    ])
  })

  it("may be empty", () => {
    expect(get([])).toStrictEqual({ messages: [] })
  })

  it("may be a PromptResult with a description and meta of its own", () => {
    const result = new PromptResult({ messages: [text("a")], description: "Mine", meta: { a: 1 } })
    expect(get(result, "Theirs")).toEqual({
      messages: [says("user", "a")],
      description: "Mine",
      _meta: { a: 1 },
    })
  })

  it("may be a whole plain result", () => {
    const result = { messages: [says("user", "a")], description: "Mine", _meta: { a: 1 } }
    expect(get(result, "Theirs")).toEqual(result)
  })

  it("is refused when a role is neither user nor assistant", () => {
    expect(() => get({ role: "system", content: "a" })).toThrow(/the role `system`. Use `user`/)
  })

  it.each([[undefined], [null], [5], [{ a: 1 }], [[["a"]]], [{ messages: "a" }], [{ role: "user" }]])(
    "is refused when it is no message: %j",
    (value) => {
      expect(() => get(value)).toThrow(InvalidResult)
    },
  )

  it("is refused when a message has no content", () => {
    expect(() => get({ role: "user", content: { a: 1 } })).toThrow(InvalidResult)
  })

  it("is refused when its meta is not JSON, or not its author's to write", () => {
    expect(() => new PromptResult({ messages: "a", meta: { a: 1n } })).toThrow(InvalidMeta)
    expect(() => new PromptResult({ messages: "a", meta: { "com.mcp/x": 1 } })).toThrow(InvalidMeta)
  })
})
