import { describe, expect, it } from "vitest"
import * as z from "zod"
import type { FleetMCP } from "../../src/index.ts"
import { answering, fronting, overHttp } from "../support/proxying.ts"
import { quietServer } from "../support/server.ts"

const eras = ["session", "stateless"] as const

/** A server that asks in all ways, and how often its tools began. */
function curious(): { readonly mcp: FleetMCP; readonly runs: { count: number } } {
  const mcp = quietServer()
  const runs = { count: 0 }
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    runs.count++
    const first = await ctx.elicit("Your name?", z.object({ name: z.string() }))
    if (first.action !== "accept") return first.action
    const second = await ctx.elicit("Your age?", z.object({ age: z.number() }))
    return second.action === "accept" ? `${first.data.name} ${second.data.age}` : second.action
  })
  mcp.tool({ name: "both" }, async (_, ctx) => {
    runs.count++
    const [one, other] = await Promise.all([ctx.confirm("One?"), ctx.confirm("Other?")])
    return `${one} ${other}`
  })
  mcp.tool({ name: "sample" }, async (_, ctx) => {
    runs.count++
    return (await ctx.sample("Say it")).text
  })
  mcp.tool({ name: "noisy" }, async (_, ctx) => {
    ctx.progress(1, 2, "half")
    ctx.log.info("hello")
    return "done"
  })
  mcp.prompt({ name: "ask_prompt" }, async (_, ctx) => `${await ctx.confirm("Sure?")}`)
  mcp.resource("data://ask", async (_, ctx) => `${await ctx.confirm("Sure?")}`)
  return { mcp, runs }
}

const answers = (method: string, params: { readonly [name: string]: unknown }): object => {
  if (method === "sampling/createMessage")
    return { role: "assistant", model: "m", content: { type: "text", text: "said" } }
  const text = String(params.message)
  if (text.includes("name")) return { action: "accept", content: { name: "Ada" } }
  if (text.includes("age")) return { action: "accept", content: { age: 36 } }
  return text.includes("Other") ? { action: "decline" } : { action: "accept", content: {} }
}

const ways = ["memory", "http"] as const

describe.each(eras)("a %s backend", (backend) => {
  describe.each(eras)("behind a proxy with a %s client", (frontend) => {
    describe.each(ways)("over %s", (way) => {
      async function client(
        answer = answers,
        hear: (method: string, params: object) => void = () => undefined,
      ) {
        const { mcp, runs } = curious()
        const reach = async (server: FleetMCP) => (way === "http" ? overHttp(server) : server)
        const front = fronting(await reach(mcp), { era: backend })
        return {
          runs,
          ...(await answering(await reach(front), answer, {
            era: frontend,
            onNotification: ({ method, params }) => hear(method, params),
          })),
        }
      }
      const call = (name: string) => ["tools/call", { name, arguments: {} }] as const

      it("asks one question after the other", async () => {
        const { request, runs } = await client()
        expect(await request(...call("ask"))).toMatchObject({ content: [{ text: "Ada 36" }] })
        // Without sessions servers run a handler again with the answers, as the protocol has it.
        if (backend === "session") expect(runs.count).toBe(1)
      })

      it("asks two questions at once", async () => {
        const { request, runs } = await client()
        expect(await request(...call("both"))).toMatchObject({ content: [{ text: "true false" }] })
        if (backend === "session") expect(runs.count).toBe(1)
      })

      it("passes on that somebody declines", async () => {
        const { request } = await client(() => ({ action: "decline" }))
        expect(await request(...call("ask"))).toMatchObject({ content: [{ text: "decline" }] })
      })

      it("samples", async () => {
        const { request } = await client()
        expect(await request(...call("sample"))).toMatchObject({ content: [{ text: "said" }] })
      })

      it("asks for prompts and resources", async () => {
        const { request } = await client()
        expect(await request("prompts/get", { name: "ask_prompt" })).toMatchObject({
          messages: [{ content: { text: "true" } }],
        })
        expect(await request("resources/read", { uri: "data://ask" })).toMatchObject({
          contents: [{ text: "true" }],
        })
      })

      it("tells progress and logs", async () => {
        const heard: unknown[] = []
        const { connection } = await client(answers, (method, params) => heard.push([method, params]))
        await connection.request(
          "tools/call",
          {
            name: "noisy",
            arguments: {},
            _meta: { progressToken: "t", "io.modelcontextprotocol/logLevel": "info" },
          },
          { onNotification: ({ method, params }) => heard.push([method, params]) },
        )
        expect(heard).toContainEqual([
          "notifications/progress",
          expect.objectContaining({ progressToken: "t", progress: 1, total: 2, message: "half" }),
        ])
        expect(heard).toContainEqual([
          "notifications/message",
          expect.objectContaining({ level: "info", data: "hello" }),
        ])
      })
    })
  })
})
