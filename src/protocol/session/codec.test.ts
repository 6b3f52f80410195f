import { describe, expect, it } from "vitest"
import { MissingClientCapability } from "../../errors/capabilities.ts"
import { ResourceNotFound } from "../../errors/resource-not-found.ts"
import { sessionRevisions } from "../../spec/revisions.ts"
import { complete, type Failure, type Outcome } from "../call.ts"
import { toFailure } from "../dispatcher.ts"
import { sessionCodec } from "./codec.ts"

const failure = (code: number): Failure => ({ kind: "failure", error: { code, message: "no" } })

describe.each(sessionRevisions)("the codec of %s", (revision) => {
  const codec = sessionCodec(revision)
  const answer = (outcome: Outcome, method = "tools/call") => JSON.parse(codec.answer(7, outcome, method))

  it("is made once", () => {
    expect(sessionCodec(revision)).toBe(codec)
  })

  it("writes results without a type", () => {
    expect(answer(complete({ content: [], resultType: "complete" }))).toEqual({
      jsonrpc: "2.0",
      id: 7,
      result: { content: [] },
    })
  })

  it("writes a page of a list once, and not that of another object", () => {
    let writes = 0
    const page = (name: string) => ({
      tools: [],
      ttlMs: 5,
      get nextCursor() {
        writes++
        return name
      },
    })
    const first = page("a")
    const outcome = complete(first, { result: first, json: "{}" })
    const answers = [1, 2].map(() => answer(outcome, "tools/list").result)
    const writesOfFirst = writes
    expect([answers, answer(outcome, "tools/list").result.nextCursor, writes]).toEqual([
      [
        { tools: [], nextCursor: "a" },
        { tools: [], nextCursor: "a" },
      ],
      "a",
      writesOfFirst,
    ])
    const replaced = { tools: [], nextCursor: "b" }
    expect(answer(complete(replaced, { result: first, json: "{}" }), "tools/list").result).toEqual(replaced)
  })

  it("has a code of its own for resources that do not exist", () => {
    const outcome = toFailure(new ResourceNotFound("a://b"))
    expect(answer(outcome as Outcome, "resources/read").error).toMatchObject({
      code: -32002,
      data: { uri: "a://b" },
    })
  })

  it("has that code for resources alone, not for what a completion refers to", () => {
    const outcome = toFailure(new ResourceNotFound("a://b"))
    expect(answer(outcome as Outcome, "completion/complete").error).toMatchObject({ code: -32602 })
  })

  it("has none for capabilities that clients lack", () => {
    const outcome = toFailure(new MissingClientCapability({ sampling: {} }))
    expect(answer(outcome as Outcome, "prompts/get").error).toMatchObject({
      code: -32602,
      data: { requiredCapabilities: { sampling: {} } },
    })
  })

  it.each([
    [-32602, -32602],
    [-32603, -32603],
    [-32020, -32603],
    [-32021, -32603],
    [-32022, -32603],
    [-32042, revision === "2025-11-25" ? -32042 : -32603],
    [1.5, -32603],
    [42, 42],
  ])("says %d as %d", (code, said) => {
    expect(answer(failure(code)).error).toEqual({ code: said, message: "no" })
  })

  it("says that what nobody asked cannot be answered", () => {
    const outcome = { kind: "input-required", requests: undefined, continuation: undefined } as const
    expect(answer(outcome).error.code).toBe(-32603)
  })

  it("writes results of an extension as they are", () => {
    const result = { structuredContent: 5 }
    expect(answer({ kind: "extended", resultType: "task", result }).result).toEqual(result)
  })

  it("writes notifications and the head of those of progress", () => {
    expect(JSON.parse(codec.notification("notifications/x", { a: 1 }))).toEqual({
      jsonrpc: "2.0",
      method: "notifications/x",
      params: { a: 1 },
    })
    expect(JSON.parse(`${codec.progressHead("t")}1}}`)).toEqual({
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken: "t", progress: 1 },
    })
  })
})
