import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { InvalidName, MissingHandler } from "../errors/components.ts"
import { UnknownOption } from "../errors/server.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import { connect } from "../testing/connect.ts"
import { text } from "./content.ts"
import { type Prompt, prompt } from "./prompt.ts"
import { message, PromptResult } from "./prompt-result.ts"

async function get(one: Prompt, args: { readonly [name: string]: unknown } = {}) {
  const mcp = new FleetMCP("test", { log: () => undefined, prompts: [one] })
  await using client = await connect(mcp)
  return await client.getPrompt(one.name, args)
}

/** Gets a prompt with arguments as they stand, strings or not. */
async function getRaw(one: Prompt, args: object) {
  await using client = await connect(new FleetMCP("test", { log: () => undefined, prompts: [one] }))
  return await client.request("prompts/get", { name: one.name, arguments: args })
}

/** Makes what should not compile. */
const loose = prompt as unknown as (config: object | string, handler?: unknown) => Prompt

const show = (args: object): string => JSON.stringify(args)
const said = (body: string) => ({ messages: [{ role: "user", content: { type: "text", text: body } }] })

describe("a prompt", () => {
  const args = z.object({
    code: z.string().describe("The code"),
    language: z.enum(["ts", "js"]).optional(),
    depth: z.number().default(1).describe("How deep"),
    tags: z.array(z.string()).optional(),
  })

  it("is a frozen value that lists its arguments, and says which come as JSON", () => {
    const review = prompt({ name: "review", description: "Reviews", args }, show)
    expect(Object.isFrozen(review)).toBe(true)
    expect(review.definition).toMatchObject({
      name: "review",
      title: "Review",
      description: "Reviews",
      arguments: [
        { name: "code", description: "The code", required: true },
        { name: "language", required: false },
        { name: "depth", required: false },
        { name: "tags", required: false },
      ],
    })
    const [, language, depth, tags] = review.definition.arguments ?? []
    expect(language?.description).toBeUndefined()
    expect(depth?.description).toMatch(/^How deep\. Write it as JSON that fits .*"type":"number"/)
    expect(tags?.description).toMatch(/^Write it as JSON that fits .*"type":"array"/)
  })

  it("may be no more than a name", async () => {
    const hello = prompt("hello", (none) => `Say hello${show(none)}`)
    expect(hello.definition).toEqual({ name: "hello", title: "Hello" })
    expect(await get(hello)).toMatchObject(said("Say hello{}"))
  })

  it("needs a name that hosts accept, and a function", () => {
    expect(() => prompt("say hello", () => "x")).toThrow(InvalidName)
    expect(() => loose("hello")).toThrow(MissingHandler)
  })

  it.each([
    [{ name: "p", arguments: [] }, "Use `args`, a schema."],
    [{ name: "p", argsSchema: {} }, "Use `args`."],
    [{ name: "p", load: () => "x" }, "Give the function as the second argument: `prompt({ … }, handler)`."],
    [{ name: "p", messages: [] }, "Return them from the handler."],
    [{ name: "p", complete: { a: [] } }, "The `complete` of the prompt `p` has no option `a`."],
    [{ name: "p", args, complete: { codes: [] } }, "Did you mean `code`?"],
  ])("refuses an option that it does not have: %o", (config, advice) => {
    const make = () => loose(config, show)
    expect(make).toThrow(UnknownOption)
    expect(make).toThrow(advice)
  })
})

describe("arguments", () => {
  const typed = prompt(
    {
      name: "p",
      args: z.object({
        text: z.string(),
        n: z.number().optional(),
        list: z.array(z.number()).optional(),
        both: z.union([z.string(), z.number()]).optional(),
      }),
    },
    show,
  )

  it("that are strings come as they are, even where they look like JSON", async () => {
    expect(await get(typed, { text: "[1]", both: "5" })).toMatchObject(said('{"text":"[1]","both":"5"}'))
  })

  it("that are no strings come as JSON text", async () => {
    expect(await getRaw(typed, { text: "a", n: "7", list: "[1, 2]" })).toMatchObject(
      said('{"text":"a","n":7,"list":[1,2]}'),
    )
  })

  it("that do not fit are refused, each with its path, as text and in a stable form", async () => {
    const failure = await get(typed, { n: "seven", list: "[1" }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      error: {
        code: -32602,
        data: {
          "fleetmcp/issues": [
            { path: ["text"], received: "nothing" },
            { path: ["n"], expected: "number", received: 'string "seven"' },
            { path: ["list"], expected: "array" },
          ],
        },
      },
    })
    expect(String(failure)).toContain('`n`: expected number, got string "seven"')
    await expect(getRaw(typed, { text: "a", list: '["x"]' })).rejects.toThrow("`list[0]`: expected number")
  })

  it("named like what every object has are arguments like all others", async () => {
    const odd = prompt(
      {
        name: "p",
        args: { type: "object", properties: { constructor: { type: "number" } }, required: ["constructor"] },
      },
      (args) => String(args.constructor),
    )
    expect(await getRaw(odd, { constructor: "5" })).toMatchObject(said("5"))
    await expect(get(odd)).rejects.toMatchObject({ error: { code: -32602 } })
  })
})

describe("messages", () => {
  it.each([
    ["a string", "Hi", [["user", "Hi"]]],
    [
      "a list of strings and messages",
      ["Hi", message.assistant("Ho")],
      [
        ["user", "Hi"],
        ["assistant", "Ho"],
      ],
    ],
    ["content", text("Hi"), [["user", "Hi"]]],
    ["a promise", Promise.resolve("Hi"), [["user", "Hi"]]],
    // biome-ignore lint/suspicious/noThenProperty: what database clients return
    ["a thenable", { then: (done: (value: string) => void) => done("Hi") }, [["user", "Hi"]]],
  ])("are %s", async (_, value, expected) => {
    const { messages } = await get(loose("p", () => value))
    expect(messages.map(({ role, content }) => [role, "text" in content ? content.text : content])).toEqual(
      expected,
    )
  })

  it("come with the prompt's description, or one of their own", async () => {
    const one = prompt({ name: "p", description: "A" }, () => "x")
    expect(await get(one)).toMatchObject({ description: "A" })
    const other = prompt(
      { name: "p", description: "A" },
      () => new PromptResult({ messages: "x", description: "B" }),
    )
    expect(await get(other)).toMatchObject({ description: "B" })
  })

  it("are refused where they are something else", async () => {
    await expect(get(loose("p", () => 5))).rejects.toThrow("a value of type `number` is not a message")
  })

  it("fail with the time-out of the prompt", async () => {
    vi.useFakeTimers()
    try {
      const pending = get(prompt({ name: "p", timeout: 100 }, () => new Promise<string>(() => undefined)))
      const failed = expect(pending).rejects.toThrow("did not finish within 100 ms")
      await vi.advanceTimersByTimeAsync(100)
      await failed
    } finally {
      vi.useRealTimers()
    }
  })
})

describe("completions of arguments", () => {
  it("know what is filled in already, and none are given for an argument without", async () => {
    const one = prompt(
      {
        name: "p",
        args: z.object({ a: z.string(), b: z.string(), c: z.string() }),
        complete: { a: ["x", "xy", "z"], b: async (typed, { arguments: { a } }) => [`${a}/${typed}`] },
      },
      show,
    )
    await using client = await connect(new FleetMCP("test", { prompts: [one] }))
    const ref = { type: "ref/prompt", name: "p" } as const
    const values = async (name: string, value: string) =>
      (await client.complete(ref, { name, value }, { arguments: { a: "x" } })).values
    expect(await values("a", "x")).toEqual(["x", "xy"])
    expect(await values("b", "q")).toEqual(["x/q"])
    expect(await values("c", "q")).toEqual([])
  })
})
