import { describe, expect, it } from "vitest"
import { dueOf, judgeLines } from "./lines-judge.ts"

const said = (...lines: readonly unknown[]) =>
  Buffer.from(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""))
const request = (id: unknown, method = "ping") => ({ jsonrpc: "2.0", id, method })
const result = (id: unknown) => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{}}\n`
const nameless = '{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}}\n'
const judged = (heard: string, bytes: Buffer) =>
  judgeLines(heard, dueOf(bytes), { isWhole: true, isForeign: (mark) => mark === "mark00000002" })

describe("the judge of lines", () => {
  it.each([
    ["answers in any order", result(2) + result(1), said(request(1), request(2))],
    ["errors for what is no JSON", nameless, said("{")],
    ["silence for blank lines and notifications", "", said("", { jsonrpc: "2.0", method: "x" })],
    [
      "silence for what was cancelled",
      "",
      said(request(1), { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }),
    ],
  ])("finds nothing wrong with %s", (_, heard, bytes) => {
    expect(judged(heard, bytes)).toBeUndefined()
  })

  it.each([
    ["a missing answer", "", said(request(1))],
    ["an answer too many", result(1) + result(1), said(request(1))],
    ["an answer to nothing", result(5), said(request(1))],
    ["a line without its end", result(1).trim(), said(request(1))],
    ["a missing error", "", said("{")],
    ["an error too many", nameless, said("")],
    ["words of another", result("mark00000002"), said(request("mark00000002"))],
  ])("sees %s", (_, heard, bytes) => {
    expect(judged(heard, bytes)).toBeTypeOf("string")
  })
})
