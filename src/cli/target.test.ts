import { describe, expect, it } from "vitest"
import { InvalidTarget, WrongUsage } from "../errors/dialogue.ts"
import { toTarget, toWords } from "./target.ts"

describe("toTarget", () => {
  it.each(["server.ts", "./a/b.mjs", "server.ts:other", "C:\\x\\server.js"])(
    "takes %s for a file",
    (file) => {
      expect(toTarget(file)).toEqual({ kind: "file", file })
    },
  )

  it("takes URLs", () => {
    expect(toTarget("http://127.0.0.1:3000/mcp")).toEqual({
      kind: "url",
      url: new URL("http://127.0.0.1:3000/mcp"),
    })
    expect(toTarget("file:///a/server.ts")).toEqual({ kind: "file", file: "/a/server.ts" })
  })

  it.each([
    ["localhost:3000/mcp", "Write `http://localhost:3000/mcp`."],
    ["server.py", "`-- python server.py`"],
    ["npx some-server", "`-- npx some-server`"],
    ["node server.js", "`-- node server.js`"],
    ["wss://x.test", "Give its `http` URL."],
    ["src", "Name the file in it"],
    ["nothing", "`-- node server.js`"],
    ["http://[", "http://127.0.0.1:3000/mcp"],
    ["file://host/server.ts", "Give the path of the file."],
    ["file:///%zz.ts", "Give the path of the file."],
  ])("says what %s probably means", (text, fix) => {
    expect(() => toTarget(text)).toThrow(InvalidTarget)
    expect(() => toTarget(text)).toThrow(fix)
  })
})

describe("toWords", () => {
  it.each([
    ["node server.js", ["node", "server.js"]],
    ["  node\t'my server.js' ", ["node", "my server.js"]],
    ['a "b \\"c\\" d"e', ["a", 'b "c" de']],
    ["a\\ b", ["a b"]],
    ["node C:\\x\\y.js", ["node", "C:\\x\\y.js"]],
    ["echo $HOME `x` ; rm", ["echo", "$HOME", "`x`", ";", "rm"]],
    ['a ""', ["a", ""]],
    ["a 'b\\c'", ["a", "b\\c"]],
  ])("splits %s", (line, words) => {
    expect(toWords(line)).toEqual(words)
  })

  it.each(["", "  ", "a 'b", 'a "b'])("refuses `%s`", (line) => {
    expect(() => toWords(line)).toThrow(WrongUsage)
  })
})
