import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { FleetMCP, type Sampler, tool } from "../../src/index.ts"
import type { CreateMessageRequestParams } from "../../src/spec/index.ts"
import { connect } from "../../src/testing/index.ts"
import { providers, serveProvider } from "./providers.ts"

const { signal } = new AbortController()

/** A request with one message of the user. */
const ask = (more: Partial<CreateMessageRequestParams> = {}): CreateMessageRequestParams => ({
  maxTokens: 100,
  messages: [{ role: "user", content: { type: "text", text: "Hello" } }],
  ...more,
})

const add = tool(
  // A name that none of the providers takes as it is.
  { name: "math.add", description: "Adds", input: z.object({ a: z.number(), b: z.number() }) },
  ({ a, b }) => a + b,
)

/** What a tool of a server tells the client that the sampler gave it. */
async function thinking(handler: Sampler, options: { readonly maskErrors?: boolean } = {}) {
  const mcp = new FleetMCP("Test", { log: () => undefined, sampling: { handler }, ...options })
  mcp.tool({ name: "think" }, async (_, ctx) => (await ctx.sample({ messages: "1 + 2?", tools: [add] })).text)
  const client = await connect(mcp)
  onTestFinished(() => client.close())
  return client.callTool("think")
}

describe.each(providers)("the model of $name", (provider) => {
  it("says what it says, and why it ended", async () => {
    const { url } = await serveProvider(provider, { words: "Hi" }, { words: "Hi", isCut: true })
    const sampler = provider.sampler(url)
    const answers = [await sampler(ask(), { signal }), await sampler(ask(), { signal })]
    expect(answers).toEqual(
      ["endTurn", "maxTokens"].map((stopReason) => ({
        role: "assistant",
        model: "model-1-full",
        content: [{ type: "text", text: "Hi" }],
        stopReason,
      })),
    )
  })

  it("uses the tools of a server, under names that it takes", async () => {
    const { url, heard } = await serveProvider(
      provider,
      { tool: "math_add", input: { a: 1, b: 2 } },
      { words: "It is 3" },
    )
    expect(await thinking(provider.sampler(url))).toMatchObject({ content: [{ text: "It is 3" }] })
    expect(heard.map((one) => provider.toolNames(one))).toEqual([["math_add"], ["math_add"]])
    const [, second] = heard
    expect(second && provider.result(second)).toEqual(provider.expectedResult)
  })

  it("hears everything of a request", async () => {
    const { url, heard } = await serveProvider(provider, { words: "Hi" })
    const tools = [add.definition]
    const request = ask({
      systemPrompt: "Be brief",
      temperature: 0.5,
      stopSequences: ["."],
      tools,
      toolChoice: { mode: "required" },
    })
    await provider.sampler(url)(request, { signal })
    expect(heard).toEqual([provider.expectedRequest])
  })

  it("sees images", async () => {
    const { url, heard } = await serveProvider(provider, { words: "A dot" })
    const image = { type: "image", data: "AAAA", mimeType: "image/png" } as const
    const messages = [{ role: "user", content: [{ type: "text", text: "What is it?" }, image] } as const]
    await provider.sampler(url)(ask({ messages }), { signal })
    expect(heard.map((one) => provider.image(one))).toEqual([provider.expectedImage])
  })

  it.each([
    [429, "The upstream service is rate limiting; try again later."],
    [401, "refused the server's credentials (401)"],
    [500, "answered with status 500"],
  ])("that answers %i fails in words that tell nothing of the account", async (status, words) => {
    const { url } = await serveProvider(provider, { status })
    const { content, isError } = await thinking(provider.sampler(url))
    const [block] = content
    const text = block?.type === "text" ? block.text : ""
    expect([isError, text]).toEqual([true, expect.stringContaining(words)])
    expect(text).not.toContain("secret-account-7")
  })

  it("that limits rates says so where errors are masked, too", async () => {
    const { url } = await serveProvider(provider, { status: 429 })
    expect(await thinking(provider.sampler(url), { maskErrors: true })).toMatchObject({
      content: [{ text: "The upstream service is rate limiting; try again later." }],
    })
  })

  it("that does not answer in time says so where errors are masked, too", async () => {
    const { url } = await serveProvider(provider, "never")
    expect(await thinking(provider.hasty(url), { maskErrors: true })).toMatchObject({
      content: [{ text: "The upstream service did not answer in time; try again later." }],
    })
  })

  it("is let go when the call is over", async () => {
    const { url } = await serveProvider(provider, "never")
    const controller = new AbortController()
    const answer = Promise.resolve(provider.sampler(url)(ask(), { signal: controller.signal }))
    controller.abort(new Error("enough"))
    await expect(answer).rejects.toThrow("enough")
  })
})
