import { describe, expect, it } from "vitest"
import type { Json } from "../client/dialogue.ts"
import { nameOf, printText, printToolResult } from "./content.ts"
import { Notices } from "./notices.ts"
import { type Output, plain } from "./output.ts"

/** An output that keeps what is written to it. */
function sink(isTerminal: boolean): { readonly output: Output; readonly text: () => string } {
  let text = ""
  const write = async (chunk: string | Uint8Array): Promise<void> => {
    text += String(chunk)
  }
  const stream = { writableLength: 0 } as Output["stream"]
  return { output: { stream, isTerminal, width: 40, colors: plain, write }, text: () => text }
}

async function shown(result: Json, isTerminal = true): Promise<string> {
  const { output, text } = sink(isTerminal)
  await printToolResult(result, output, { name: "x" })
  return text()
}

describe("the result of a tool", () => {
  it("says once what text and structured content both say", async () => {
    const text = (value: string) => [{ type: "text", text: value }]
    expect(await shown({ content: text('{"a":1}'), structuredContent: { a: 1 } })).toBe('{\n  "a": 1\n}\n')
    expect(await shown({ content: text("3"), structuredContent: { result: 3 } })).toBe(
      '{\n  "result": 3\n}\n',
    )
    expect(await shown({ content: text("hi"), structuredContent: "hi" })).toBe("hi\n")
    expect(await shown({ content: text("Done."), structuredContent: { a: 1 } })).toBe(
      'Done.\n{\n  "a": 1\n}\n',
    )
  })

  it("says what files are", async () => {
    const content = [
      { type: "image", mimeType: "image/png", data: "AAAA" },
      { type: "resource", resource: { uri: "a://b/\u001b[2J", text: "hello" } },
      { type: "resource_link", uri: "a://c", name: "c", size: 1234 },
      { type: "new_kind", x: 1 },
    ]
    expect(await shown({ content })).toBe(
      [
        "image image/png, 3 B (`--save <dir>` keeps it)",
        "resource a://b/\\u{1b}[2J, 5 B (`--save <dir>` keeps it)",
        "link a://c, c, 1.2 kB",
        "content of the type `new_kind`",
        "",
      ].join("\n"),
    )
  })

  it("survives what no careful server sends", async () => {
    for (const content of [undefined, null, "text", [null, 1], [{ type: "text" }], [{ type: "resource" }]])
      await expect(shown({ content })).resolves.toBeTypeOf("string")
  })
})

describe("text", () => {
  it("goes to a pipe as it is, and to a terminal made fit for it", async () => {
    const pipe = sink(false)
    const terminal = sink(true)
    for (const { output } of [pipe, terminal]) await printText("a\u001b[2J", output)
    expect(pipe.text()).toBe("a\u001b[2J\n")
    expect(terminal.text()).toBe("a\\u{1b}[2J\n")
  })

  it("is cut where no terminal could show it", async () => {
    const { output, text } = sink(true)
    await printText("x".repeat(5_000_000), output)
    expect(text().length).toBeLessThan(210_000)
    expect(text()).toContain("4800000 more characters")
  })
})

describe("nameOf", () => {
  it.each([
    ["file:///a/b.png", "b.png"],
    ["a://b/c/?x=1", "c"],
    ["config://settings", "settings"],
    ["urn:a:b", undefined],
    [3, undefined],
  ])("calls what is under %s %s", (uri, name) => {
    expect(nameOf(uri)).toBe(name)
  })
})

describe("notices", () => {
  it("write progress over itself on a terminal, and below itself elsewhere", () => {
    const terminal = sink(true)
    const onTerminal = new Notices(terminal.output, { isQuiet: false })
    onTerminal.progress({ progress: 1, total: 2, message: "half\u001b[2J" })
    onTerminal.log({ level: "info", data: { a: 1 } })
    expect(terminal.text()).toBe(
      '\r\u001b[2K██████████░░░░░░░░░░ 1/2 half\\u{1b}[2J\r\u001b[2Kinfo {"a":1}\n',
    )
    const pipe = sink(false)
    new Notices(pipe.output, { isQuiet: false }).progress({ progress: 1 })
    expect(pipe.text()).toBe("progress 1\n")
  })

  it("say nothing but our own words when they are to be quiet", () => {
    const { output, text } = sink(false)
    const notices = new Notices(output, { isQuiet: true })
    notices.progress({ progress: 1 })
    notices.log({ level: "info", data: "x" })
    notices.programLine("x")
    notices.say("ours")
    expect(text()).toBe("ours\n")
  })

  it("are dropped where nobody takes them", () => {
    const { output, text } = sink(false)
    const full = { ...output, stream: { writableLength: 2_000_000 } as Output["stream"] }
    new Notices(full, { isQuiet: false }).programLine("x")
    expect(text()).toBe("")
  })
})
