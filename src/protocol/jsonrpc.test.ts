import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { idToJson, toIncoming } from "./jsonrpc.ts"

describe("toIncoming", () => {
  it("finds a kind for every JSON value and throws at none", () => {
    const kinds = ["request", "notification", "response", "batch", "invalid"]
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(kinds).toContain(toIncoming(value).kind)
      }),
    )
  })

  it("knows a request by its id and a notification by having none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.maxSafeInteger()), fc.string(), (id, method) => {
        expect(toIncoming({ jsonrpc: "2.0", id, method })).toMatchObject({
          kind: "request",
          message: { id, method },
        })
        expect(toIncoming({ jsonrpc: "2.0", method })).toMatchObject({
          kind: "notification",
          message: { method },
        })
      }),
    )
  })

  it.each([
    [{ jsonrpc: "2.0", id: 1, result: {} }, "response"],
    [{ jsonrpc: "2.0", id: 1, error: { code: 1, message: "x" } }, "response"],
    [{ jsonrpc: "2.0", id: 1, method: "a", result: {} }, "request"],
    [[], "batch"],
    [[{ jsonrpc: "2.0", id: 1, method: "a" }], "batch"],
    [{ jsonrpc: "2.0" }, "invalid"],
    [{ jsonrpc: "2.0", id: 1, method: "a", params: "x" }, "invalid"],
    [{ jsonrpc: "2.0", id: undefined, method: "a" }, "invalid"],
    [{ jsonrpc: "2.0", id: -0.5, method: "a" }, "invalid"],
  ])("takes %j for a %s", (message, kind) => {
    expect(toIncoming(message).kind).toBe(kind)
  })
})

describe("idToJson", () => {
  it("writes ids so that they are read again as they were", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.maxSafeInteger()), (id) => {
        expect(JSON.parse(idToJson(id))).toBe(id)
      }),
    )
  })
})
