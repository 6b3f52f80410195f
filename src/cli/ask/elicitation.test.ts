import { PassThrough } from "node:stream"
import { stripVTControlCharacters } from "node:util"
import { describe, expect, it, vi } from "vitest"
import { toPairs } from "../arguments/pairs.ts"
import { plain } from "../print/output.ts"
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
function typist(
  script: readonly (readonly [shown: RegExp, keys: string])[],
  width = 80,
): {
  person: Person
  shown: () => string
} {
  const input = new PassThrough()
  const stream = Object.assign(new PassThrough(), { columns: width })
  const left = [...script]
  let text = ""
  let since = ""
  stream.setEncoding("utf8").on("data", (chunk: string) => {
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
  const output = { stream, width, colors: plain, isTerminal: true, write: async () => undefined }
  return { person: personAt({ input, output, signal, clear: () => undefined }), shown: () => text }
}

const enter = "\r"
const down = "\u001b[B"
const up = "\u001b[A"
const erase = "\u007f"
const clear = "\u0015"

function answering(person: Person | undefined, words: readonly string[] = [], saysYes = false) {
  const said: string[] = []
  const elicit = createElicitation({
    server: "server.ts",
    person,
    answers: toPairs(words),
    saysYes,
    say: (text) => void said.push(text),
  })
  return { elicit, said }
}

/** Asks for one value after the other, with answers that were given beforehand. */
function askingFor(words: readonly string[]) {
  const { elicit } = answering(undefined, words)
  return async (value: object) => {
    const requestedSchema = { type: "object", properties: { value }, required: ["value"] }
    return (await elicit({ message: "?", requestedSchema })).content
  }
}

describe("a question of a server", () => {
  it("is answered field by field, and never shows what a terminal obeys", async () => {
    const { person, shown } = typist([
      [/Who are[\s\S]*Name/, `A${enter}`],
      [/Needed: at least 2 characters/, `da${enter}`],
      [/age/, enter],
      [/Red/, down + enter],
      [/x[\s\S]*y[\s\S]*z/, ` ${down} ${enter}`],
      [/news/, enter],
      [/Send this answer/, enter],
    ])
    expect(await answering(person).elicit(form)).toEqual({
      action: "accept",
      content: { name: "Ada", color: "b", tags: ["x", "y"], news: false },
    })
    expect(shown()).toContain("Who are \\u{1b}[2Jyou?")
    expect(shown()).not.toContain("\u001b[2J")
  })

  it("for one value is the label of that value, which is sent at once", async () => {
    const { person, shown } = typist([
      [/a whole number, from 1 to 9/, `many${enter}`],
      [/Needed: a whole number, from 1 to 9\./, `${clear}3${enter}`],
    ])
    const value = { type: "integer", minimum: 1, maximum: 9 }
    const requestedSchema = { type: "object", properties: { value }, required: ["value"] }
    expect(await answering(person).elicit({ message: "How many?", requestedSchema })).toEqual({
      action: "accept",
      content: { value: 3 },
    })
    expect(shown()).toContain("How many?")
    expect(shown()).not.toContain("value")
  })

  it("can be changed before it is sent, from what was answered", async () => {
    const { person } = typist([
      [/first/, `Ada${enter}`],
      [/last/, `Lovelase${enter}`],
      [/Send this answer/, down + enter],
      [/Ada/, enter],
      [/Lovelase/, `${erase}${erase}ce${enter}`],
      [/Send this answer/, enter],
    ])
    const properties = { first: { type: "string" }, last: { type: "string" } }
    const requestedSchema = { type: "object", properties, required: ["first", "last"] }
    expect(await answering(person).elicit({ message: "Who?", requestedSchema })).toEqual({
      action: "accept",
      content: { first: "Ada", last: "Lovelace" },
    })
  })

  it("is left by Escape at any field, to go back, decline or cancel", async () => {
    const ways = [
      [down + enter, { action: "decline" }],
      [down + down + enter, { action: "cancel" }],
      ["\u0003", { action: "cancel" }],
    ] as const
    for (const [keys, answer] of ways) {
      const { person } = typist([
        [/Name/, `Ada${enter}`],
        [/age/, "\u0003"],
        [/Leave it unanswered/, enter],
        [/Ada/, "\u0003"],
        [/Leave it unanswered/, keys],
      ])
      expect(await answering(person).elicit(form)).toEqual(answer)
    }
  })

  it("offers to leave out what is optional and has no default, and leaves it out", async () => {
    const { person, shown } = typist([
      [/size[\s\S]*leave it out/, down + enter],
      [/extras/, enter],
      [/news/, enter],
      [/Send this answer/, enter],
    ])
    const properties = {
      size: { type: "string", enum: ["s"] },
      extras: { type: "array", items: { type: "string", enum: ["cake"] } },
      news: { type: "boolean", default: true },
    }
    const content = await answering(person).elicit({
      message: "?",
      requestedSchema: { type: "object", properties },
    })
    expect(content).toEqual({ action: "accept", content: { news: true } })
    expect(shown()).not.toContain("news (optional)")
  })

  it("without fields is a yes or no, and no by Enter alone", async () => {
    const ask = (keys: string) =>
      answering(typist([[/Sure[\s\S]*Yes/, keys]]).person).elicit({ message: "Sure?" })
    expect(await ask(up + enter)).toEqual({ action: "accept", content: {} })
    expect(await ask(enter)).toEqual({ action: "decline" })
    expect(await ask("\u0003")).toEqual({ action: "cancel" })
  })

  it("without fields has its yes by `--yes`, and only such a question", async () => {
    const { elicit, said } = answering(undefined, [], true)
    expect(await elicit({ message: "Sure?" })).toEqual({ action: "accept", content: {} })
    expect(said).toEqual(["The server asked: Sure? Answered by `--yes`."])
    expect(await elicit(form)).toEqual({ action: "decline" })
    expect(await elicit({ mode: "url", message: "Pay", url: "https://pay.test/" })).toEqual({
      action: "decline",
    })
    const nobody = answering(undefined)
    expect(await nobody.elicit({ message: "Sure?" })).toEqual({ action: "decline" })
    expect(nobody.said[0]).toContain("`--yes` says yes.")
  })

  it("keeps its lines beside the guide where the terminal is narrow", async () => {
    const { person, shown } = typist([[/Enter leaves it/, `x${enter}`]], 40)
    const about = "Anything that the kitchen should know beforehand, such as allergies"
    const requestedSchema = { type: "object", properties: { note: { type: "string", description: about } } }
    await answering(person).elicit({ message: "What else?", requestedSchema })
    const lines = shown()
      .split("\n")
      .filter((line) => /kitchen|beforehand|allergies/.test(line))
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(stripVTControlCharacters(line)).toMatch(/^\s*(│|◆|◇) {2}/u)
  })

  it("is answered beforehand, where the answers fit", async () => {
    const { elicit, said } = answering(undefined, ["name=Ada", "color=r", "tags=x", "other=1"])
    expect(await elicit(form)).toEqual({
      action: "accept",
      content: { name: "Ada", color: "r", tags: ["x"] },
    })
    expect(said[0]).toContain("Answered by `--answer`")
  })

  it("has the next answer of those that were given for the same name, and the last again", async () => {
    const ask = askingFor(["value=Ada", "value=s"])
    expect(await ask({ type: "string" })).toEqual({ value: "Ada" })
    expect(await ask({ type: "string", enum: ["s", "l"] })).toEqual({ value: "s" })
    expect(await ask({ type: "string", enum: ["s", "l"] })).toEqual({ value: "s" })
  })

  it("for a list has the next answer alone where that is a list", async () => {
    const ask = askingFor(['value=["x"]', "value=2"])
    expect(await ask({ type: "array", items: { type: "string", enum: ["x", "y"] } })).toEqual({
      value: ["x"],
    })
    expect(await ask({ type: "integer" })).toEqual({ value: 2 })
  })

  it("for a list has all answers of its name", async () => {
    const { elicit } = answering(undefined, ["tags=x", "tags=y"])
    const properties = { tags: { type: "array", items: { type: "string", enum: ["x", "y"] } } }
    for (const message of ["first", "second"]) {
      const answer = await elicit({ message, requestedSchema: { type: "object", properties } })
      expect(answer.content).toEqual({ tags: ["x", "y"] })
    }
  })

  it("is declined with a word where nobody can be asked", async () => {
    const { elicit, said } = answering(undefined, ["name=A"])
    expect(await elicit(form)).toEqual({ action: "decline" })
    expect(said[0]).toMatch(/Declined, since nobody can be asked here\..*at least 2 characters/)
  })

  it("asks only for what was not answered beforehand, or does not fit", async () => {
    const properties = { name: { type: "string" }, age: { type: "integer" } }
    const short = { type: "object", properties, required: ["name", "age"] }
    for (const words of [["name=Ada"], ["name=Ada", "age=many"]]) {
      const { elicit } = answering(typist([[/age/, `${clear}7${enter}`]]).person, words)
      expect(await elicit({ message: "Who?", requestedSchema: short })).toEqual({
        action: "accept",
        content: { name: "Ada", age: 7 },
      })
    }
  })

  it("shows a page and where it is, and opens nothing", async () => {
    const { person, shown } = typist([[/I opened it/, enter]])
    const url = "https://bank.test@pay.test/\u202e1"
    const { elicit, said } = answering(person)
    expect(await elicit({ mode: "url", message: "Pay", url })).toEqual({ action: "accept" })
    expect(said).toEqual(["\nhttps://bank.test@pay.test/\\u{202e}1\n"])
    expect(shown()).toContain("if you trust pay.test.")
    const nobody = answering(undefined)
    expect(await nobody.elicit({ mode: "url", message: "Pay", url })).toEqual({ action: "decline" })
    expect(nobody.said[0]).toContain("https://bank.test@pay.test/")
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
