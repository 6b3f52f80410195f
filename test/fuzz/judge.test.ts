import { describe, expect, it } from "vitest"
import { type Judged, judge, judgeOpen } from "./judge.ts"

const json = (body: string, status = 200): Judged => ({
  status,
  headers: new Map([["content-type", "application/json"]]),
  body,
})
const stream = (body: string): Judged => ({
  status: 200,
  headers: new Map([["content-type", "text/event-stream"]]),
  body,
})
const result = '{"jsonrpc":"2.0","id":1,"result":{}}'
const event = (data: string) => `event: message\ndata: ${data}\n\n`

describe("judge", () => {
  it.each([
    ["a result", json(result)],
    ["an error", json('{"jsonrpc":"2.0","error":{"code":-32600,"message":"x"}}', 400)],
    [
      "a stream that ends with its answer",
      stream(`: keep-alive\n\n${event('{"jsonrpc":"2.0","method":"x"}')}${event(result)}`),
    ],
    ["nothing for a notification", { status: 202, headers: new Map(), body: "" }],
  ])("finds nothing wrong with %s", (_, answer) => {
    expect(judge(answer, undefined)).toBeUndefined()
  })

  it.each([
    ["a 500", json(result, 500)],
    ["a body that is cut off", json(result.slice(0, -1))],
    ["an answer that is neither", json('{"jsonrpc":"2.0","id":1}')],
    ["an answer that is both", json('{"jsonrpc":"2.0","id":1,"result":{},"error":{}}')],
    ["an error without a code", json('{"jsonrpc":"2.0","id":1,"error":{"message":"x"}}')],
    [
      "a stack",
      json('{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x\\n    at f (node:internal/x:1:1)"}}'),
    ],
    ["a stream without an answer", stream(event('{"jsonrpc":"2.0","method":"x"}'))],
    ["a stream with a torn event", stream(`event: message\ndata: {"a":\n\n${event(result)}`)],
    ["a notification that is answered", { status: 202, headers: new Map(), body: "{}" }],
  ])("sees %s", (_, answer) => {
    expect(judge(answer, undefined)).toBeTypeOf("string")
  })

  it("takes a 500 where things are meant to fail", () => {
    const request = { bytes: Buffer.alloc(0), isWhole: true, isLast: false, isHead: false, mayFail: true }
    expect(judge(json(result, 500), request)).toBeUndefined()
  })

  it("lets only subscriptions stay open", () => {
    expect(judgeOpen(stream(event('{"method":"notifications/subscriptions/acknowledged"}')))).toBeUndefined()
    expect(judgeOpen(stream(event("{}")))).toBeTypeOf("string")
    expect(judgeOpen(json("{"))).toBeTypeOf("string")
  })
})
