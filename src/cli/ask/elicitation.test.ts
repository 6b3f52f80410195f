import { PassThrough } from "node:stream"
import { describe, expect, it, vi } from "vitest"
import { toPairs } from "../arguments/pairs.ts"
import { createElicitation } from "./elicitation.ts"
import { type Person, personAt } from "./person.ts"

const requestedSchema = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 2, title: "Name \u001b[2J" },
    age: { type: "integer" },
    color: {
      type: "string",
      oneOf: [
        { const: "r", title: "Red" },
        { const: "b", title: "Blue" },
      ],
    },
    tags: { type: "array", items: { type: "string", enum: ["x", "y", "z"] } },
    news: { type: "boolean", default: false },
  },
  required: ["name", "color", "tags"],
}

const form = { message: "Who are \u001b[2Jyou?", requestedSchema }

/** A person whose keys are typed as soon as a text is shown. */
function typist(script: readonly (readonly [shown: RegExp, keys: string])[]): {
  person: Person
  shown: () => string
} {
  const input = new PassThrough()
  const output = new PassThrough()
  const left = [...script]
  let text = ""
  let since = ""
  output.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
    since += chunk
    const [next] = left
    if (next === undefined || !next[0].test(since)) return
    left.shift()
    since = ""
    // After the prompt has drawn itself.
    setImmediate(() => input.write(next[1]))
  })
  const { signal } = new AbortController()
  return { person: personAt({ input, output, signal, clear: () => undefined }), shown: () => text }
}

const enter = "\r"
const down = "\u001b[B"

function answering(person: Person | undefined, words: readonly string[] = []) {
  const said: string[] = []
  const elicit = createElicitation({
    server: "server.ts",
    person,
    answers: toPairs(words),
    say: (text) => void said.push(text),
  })
  return { elicit, said }
}

describe("a question of a server", () => {
  it("is answered field by field, and never shows what a terminal obeys", async () => {
    const { person, shown } = typist([
      [/Answer/, enter],
      [/Name/, `A${enter}`],
      [/at least 2/, `da${enter}`],
      [/age/, enter],
      [/Red/, down + enter],
      [/x[\s\S]*y[\s\S]*z/, ` ${down} ${enter}`],
      [/news/, enter],
    ])
    expect(await answering(person).elicit(form)).toEqual({
      action: "accept",
      content: { name: "Ada", color: "b", tags: ["x", "y"], news: false },
    })
    expect(shown()).toContain("Who are \\u{1b}[2Jyou?")
    expect(shown()).not.toContain("\u001b[2J")
  })

  it("is declined or cancelled as the person says, and cancelled by Escape", async () => {
    expect(await answering(typist([[/Answer/, down + enter]]).person).elicit(form)).toEqual({
      action: "decline",
    })
    expect(await answering(typist([[/Answer/, "\u0003"]]).person).elicit(form)).toEqual({ action: "cancel" })
  })

  it("is answered beforehand, where the answers fit", async () => {
    const { elicit, said } = answering(undefined, ["name=Ada", "color=r", "tags=x", "other=1"])
    expect(await elicit(form)).toEqual({
      action: "accept",
      content: { name: "Ada", color: "r", tags: ["x"] },
    })
    expect(said[0]).toContain("Answered by `--answer`")
  })

  it("is declined with a word where nobody can be asked", async () => {
    const { elicit, said } = answering(undefined, ["name=A"])
    expect(await elicit(form)).toEqual({ action: "decline" })
    expect(said[0]).toMatch(/Declined, since nobody can be asked here\..*at least 2 characters/)
  })

  it("asks only for what was not answered beforehand", async () => {
    const { person } = typist([
      [/Answer/, enter],
      [/age/, `7${enter}`],
    ])
    const properties = { name: { type: "string" }, age: { type: "integer" } }
    const short = { type: "object", properties, required: ["name", "age"] }
    const { elicit } = answering(person, ["name=Ada"])
    expect(await elicit({ message: "Who?", requestedSchema: short })).toEqual({
      action: "accept",
      content: { name: "Ada", age: 7 },
    })
  })

  it("shows a page and opens nothing", async () => {
    const { person, shown } = typist([[/I opened it/, enter]])
    const url = "https://pay.test/\u202e1"
    expect(await answering(person).elicit({ mode: "url", message: "Pay", url })).toEqual({ action: "accept" })
    expect(shown()).toContain("https://pay.test/\\u{202e}1")
    const { elicit, said } = answering(undefined)
    expect(await elicit({ mode: "url", message: "Pay", url })).toEqual({ action: "decline" })
    expect(said[0]).toContain("https://pay.test/")
  })

  it("is asked after the one before it", async () => {
    const asked: string[] = []
    const release: (() => void)[] = []
    const choose = vi.fn(({ message }: { message: string }) => {
      asked.push(message)
      return new Promise<"decline">((resolve) => release.push(() => resolve("decline")))
    })
    const person = { choose } as unknown as Person
    const { elicit } = answering(person)
    const both = Promise.all([elicit({ message: "first" }), elicit({ message: "second" })])
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    release[0]?.()
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    release[1]?.()
    expect(await both).toEqual([{ action: "decline" }, { action: "decline" }])
  })
})
