import { expect, it } from "vitest"
import { features } from "../../src/spec/features.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { memory } from "./transports.ts"
import { answering, type Fields, kept, visit } from "./visit.ts"

const meta = { "com.example/key": 1 }

/** What the server asked, and what came of the call. */
async function asked(t: EraTools, name: string) {
  const { client, sent } = await visit(t, answering)
  const result = await client.callTool(name)
  const request = sent.find(({ kind }) => kind === "request")?.message
  const round = sent.find(
    ({ kind, message }) => kind === "result" && "inputRequests" in (message.result as object),
  )
  const [question] = Object.values((round?.message.result as { inputRequests?: Fields })?.inputRequests ?? {})
  // A request, or what stands in a result in place of one.
  const { params } = (request ?? question ?? {}) as { readonly params?: Fields }
  return { params, result }
}

const refusal = (words: string) => ({
  isError: true,
  content: [{ type: "text", text: expect.stringContaining(words) }],
})

describeEras(
  "a question in the words of the revision",
  (t) => {
    const row = features[t.revision]

    it("is a form, with what its fields may be", async () => {
      const { params, result } = await asked(t, "ask_form")
      if (row.elicitation.length === 0) return expect(result).toMatchObject(refusal("elicitation"))
      const full = row.elicitationSchema === "full"
      expect(params).toEqual({
        ...kept(full, { mode: "form" }),
        message: "Who?",
        requestedSchema: {
          type: "object",
          properties: {
            name: { type: "string", title: "Name", description: "Yours", minLength: 1, maxLength: 9 },
            mail: { type: "string", format: "email", ...kept(full, { default: "a@example.com" }) },
            age: { type: "integer", minimum: 1, maximum: 150, ...kept(full, { default: 30 }) },
            sure: { type: "boolean", default: true },
            size: { type: "string", enum: ["s", "m"], ...kept(full, { default: "m" }) },
            color: full
              ? {
                  type: "string",
                  oneOf: [
                    { const: "r", title: "Red" },
                    { const: "g", title: "Green" },
                  ],
                }
              : { type: "string", enum: ["r", "g"], enumNames: ["Red", "Green"] },
          },
          required: ["name", "color"],
        },
      })
    })

    it("is a choice of several, or is refused", async () => {
      const { result } = await asked(t, "ask_several")
      const isKnown = row.elicitationSchema === "full"
      const words = row.elicitation.length === 0 ? "elicitation" : "choice of several"
      expect(result).toMatchObject(isKnown ? { content: [{ text: "accept" }] } : refusal(words))
    })

    it("is a page to visit, with an id where there are ids, or is refused", async () => {
      const { params, result } = await asked(t, "ask_url")
      if (!row.elicitation.includes("url")) return expect(result).toMatchObject(refusal("elicitation"))
      expect(params).toEqual({
        mode: "url",
        message: "Pay",
        url: "https://example.com/pay",
        ...kept(row.elicitationId, { elicitationId: expect.any(String) }),
      })
    })

    it("is for the folders", async () => {
      expect((await asked(t, "ask_roots")).result).toMatchObject({
        content: [{ text: '[{"uri":"file:///home/ada"}]' }],
      })
    })

    it("is messages to a model, of one block each where they hold no lists", async () => {
      const { params } = await asked(t, "ask_model")
      const lastModified = "2026-07-28T00:00:00Z"
      const own = kept(row.meta === "all", { _meta: meta })
      const words = {
        type: "text",
        text: "one",
        annotations: { audience: ["user"], priority: 0.5, ...kept(row.lastModified, { lastModified }) },
        ...own,
      }
      const picture = { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png", ...own }
      expect(params?.messages).toEqual(
        row.samplingTools
          ? [{ role: "user", content: [words, picture] }]
          : [words, picture].map((content) => ({ role: "user", content })),
      )
    })

    it("is sound, or is refused", async () => {
      const { result } = await asked(t, "ask_model_sound")
      expect(result).toMatchObject(row.audio ? { content: [{ text: "asked" }] } : refusal("`audio`"))
    })

    it("is with tools, or is refused", async () => {
      const { params, result } = await asked(t, "ask_model_tools")
      if (!row.samplingTools) return expect(result).toMatchObject(refusal("sampling"))
      const { messages, tools } = params as {
        readonly messages: readonly { readonly content: Fields }[]
        readonly tools: readonly Fields[]
      }
      expect([messages[1]?.content.structuredContent, tools[0]?.outputSchema]).toEqual(
        isStateless(t.revision)
          ? [5, { type: "number" }]
          : [
              { result: 5 },
              {
                type: "object",
                properties: { result: { type: "number" } },
                required: ["result"],
                "x-fastmcp-wrap-result": true,
              },
            ],
      )
    })
  },
  { over: [memory] },
)
