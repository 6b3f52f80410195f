import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { metaKeys } from "../spec/meta.ts"
import { complete, type Outcome } from "./call.ts"
import { type Codec, createStatelessCodec, errorToJson } from "./codec.ts"
import type { RequestId } from "./jsonrpc.ts"

const info = { name: "Test", version: "1" }
const codec = createStatelessCodec("2026-07-28", { serverInfo: info })
const bare = createStatelessCodec("2026-07-28", { serverInfo: undefined })

function answer(codec: Codec, id: RequestId, outcome: Outcome) {
  return codec.answer(id, outcome, "tools/call")
}

describe("the codec of 2026-07-28", () => {
  it("writes every result with its type, its members and who answers", async () => {
    const members = fc.dictionary(
      fc.string().filter((name) => !["_meta", "resultType", "__proto__"].includes(name)),
      fc.jsonValue(),
    )
    await fc.assert(
      fc.asyncProperty(members, async (result) => {
        const plain = JSON.parse(JSON.stringify(result))
        const message = JSON.parse(await answer(codec, 1, complete(result)))
        expect(message).toEqual({
          jsonrpc: "2.0",
          id: 1,
          result: { ...plain, resultType: "complete", _meta: { [metaKeys.serverInfo]: info } },
        })
        expect(JSON.parse(await answer(bare, 1, complete(result))).result).toEqual({
          ...plain,
          resultType: "complete",
        })
      }),
    )
  })

  it("writes what was serialized beforehand as it is", async () => {
    const result = { tools: [] }
    const json = '{"tools":[],"ttlMs":0}'
    expect(await answer(codec, "a", complete(result, { result, json }))).toContain(
      '"tools":[],"ttlMs":0,"_meta"',
    )
  })

  it("writes the result that middleware put in the place of a serialized one", async () => {
    const listed = { tools: ["open", "hidden"] }
    const serialized = { result: listed, json: '{"tools":["open","hidden"]}' }
    const outcome = { ...complete(listed, serialized), result: { tools: ["open"] } }
    expect(await answer(codec, "a", outcome)).not.toContain("hidden")
  })

  it("keeps the `_meta` of a result beside its own", async () => {
    const { result } = JSON.parse(await answer(codec, 1, complete({ _meta: { "com.example/a": 1 } })))
    expect(result._meta).toEqual({ "com.example/a": 1, [metaKeys.serverInfo]: info })
  })

  it("lets no result say in its `_meta` that another server answers", async () => {
    const { result } = JSON.parse(
      await answer(codec, 1, complete({ _meta: { [metaKeys.serverInfo]: "evil" } })),
    )
    expect(result._meta[metaKeys.serverInfo]).toEqual(info)
  })

  it("writes each kind of continuation as the state of the request", async () => {
    const requests = { a: { method: "roots/list" as const } }
    const states = [
      { kind: "replay", seal: async () => "sealed" },
      { kind: "relay", state: "sealed" },
      { kind: "parked", handle: "sealed" },
    ] as const
    for (const continuation of states) {
      const { result } = JSON.parse(
        await answer(codec, 1, { kind: "input-required", requests, continuation }),
      )
      expect(result).toMatchObject({
        resultType: "input_required",
        inputRequests: requests,
        requestState: "sealed",
      })
    }
  })
})

it("writes errors with data only where there are data, and without an id that is not known", () => {
  expect(JSON.parse(errorToJson(undefined, { code: -1, message: "x" }))).toEqual({
    jsonrpc: "2.0",
    error: { code: -1, message: "x" },
  })
  expect(JSON.parse(errorToJson(0, { code: -1, message: "x", data: null }))).toEqual({
    jsonrpc: "2.0",
    id: 0,
    error: { code: -1, message: "x", data: null },
  })
})
