import { describe, expect, it } from "vitest"
import { handler } from "../../examples/lambda.ts"
import { DELETE, GET, OPTIONS, POST } from "../../examples/vercel.ts"
import workers from "../../examples/workers.ts"
import { callTool } from "../http/messages.ts"
import { callForText, connect } from "./example.ts"

const ping = callTool("ping")
const pong = { result: { content: [{ text: "pong" }] } }

it("workers.ts is a module that Workers serve", async () => {
  const client = await connect(workers)
  expect(await callForText(client, "ping")).toBe("pong")
})

describe("vercel.ts", () => {
  it("answers in the route of its file", async () => {
    // Requests of `messages.ts` have texts for bodies, and leave no header out.
    const init = { method: "POST", headers: ping.headers, body: ping.body } as RequestInit
    const answer = await POST(new Request("https://app.example.com/api/mcp", init))
    expect(await answer.json()).toMatchObject(pong)
  })

  it("has a handler for each method", () => {
    expect([GET, DELETE, OPTIONS].map((each) => typeof each)).toEqual(["function", "function", "function"])
  })
})

it("lambda.ts answers the event of a function URL", async () => {
  const { headers, body } = ping
  const requestContext = { stage: "$default", http: { method: "POST", path: "/mcp" } }
  const answer = await handler({
    version: "2.0",
    rawPath: "/mcp",
    rawQueryString: "",
    headers,
    requestContext,
    body,
  })
  expect(JSON.parse(answer.body)).toMatchObject(pong)
})
