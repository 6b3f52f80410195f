import { describe, expect, it } from "vitest"
import { revisions } from "../../src/spec/revisions.ts"
import { validateMessage } from "./validate.ts"

const answer = { jsonrpc: "2.0", id: 1, result: { resultType: "complete" } }
const tool = { name: "add", inputSchema: { type: "object" } }

describe("validateMessage", () => {
  it.each(revisions)("accepts a minimal tool in %s", (revision) => {
    expect(validateMessage(revision, "Tool", tool)).toEqual([])
  })

  it.each(revisions)("refuses a tool without a name in %s", (revision) => {
    const { name: _, ...nameless } = tool
    expect(validateMessage(revision, "Tool", nameless)).toEqual(["/ must have required property 'name'"])
  })

  it.each(revisions)("accepts a bare call result only before 2026-07-28 (%s)", (revision) => {
    const errors = validateMessage(revision, "CallToolResult", { content: [] })
    expect(errors).toEqual(revision === "2026-07-28" ? ["/ must have required property 'resultType'"] : [])
  })

  it("gives the path of every error", () => {
    const result = { resultType: 1, content: [{ type: "text" }] }
    const errors = validateMessage("2026-07-28", "CallToolResult", result)
    expect(errors).toContain("/resultType must be string")
    expect(errors).toContain("/content/0 must have required property 'text'")
  })

  it("does not know audio in 2024-11-05", () => {
    const result = { content: [{ type: "audio", data: "AAAA", mimeType: "audio/wav" }] }
    expect(validateMessage("2024-11-05", "CallToolResult", result)).not.toEqual([])
    expect(validateMessage("2025-03-26", "CallToolResult", result)).toEqual([])
  })

  it("knows batches in 2025-03-26 only", () => {
    const batch = [{ jsonrpc: "2.0", method: "notifications/initialized" }]
    const accepting = revisions.filter(
      (revision) => validateMessage(revision, "JSONRPCMessage", batch).length === 0,
    )
    expect(accepting).toEqual(["2025-03-26"])
  })

  it("checks formats", () => {
    const image = { type: "image", mimeType: "image/png", data: "not base64!" }
    expect(validateMessage("2026-07-28", "ImageContent", image)).not.toEqual([])
  })

  it("lets JSON values be null and fractions", () => {
    expect(validateMessage("2026-07-28", "JSONValue", [null, 1.5, { deep: null }])).toEqual([])
  })

  it.each(["2025-06-18", "2025-11-25", "2026-07-28"] as const)(
    "lets form answers be fractions in %s",
    (revision) => {
      expect(
        validateMessage(revision, "ElicitResult", { action: "accept", content: { score: 95.5 } }),
      ).toEqual([])
      expect(validateMessage(revision, "NumberSchema", { type: "number", default: 0.5 })).toEqual([])
    },
  )

  it("accepts every key in metadata", () => {
    const result = { ...answer.result, _meta: { "com.example/anything": [1] } }
    expect(validateMessage("2026-07-28", "Result", result)).toEqual([])
  })

  it("takes properties that are undefined for absent", () => {
    expect(validateMessage("2026-07-28", "Tool", { ...tool, title: undefined })).toEqual([])
  })

  it("throws on a definition the revision does not have", () => {
    expect(() => validateMessage("2024-11-05", "DiscoverResult", {})).toThrow(
      "no definition named DiscoverResult",
    )
  })
})
