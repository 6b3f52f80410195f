import { describe, expect } from "vitest"
import { rpc } from "../../support/rpc.ts"
import { quietServer } from "../../support/server.ts"
import { requirement } from "../register.ts"

const origin = "http://localhost:3000"

function get(path: string, headers: Record<string, string> = {}): Request {
  return new Request(`${origin}${path}`, { headers: { accept: "text/event-stream", ...headers } })
}

function post(path: string, message: unknown): Request {
  const headers = { "content-type": "application/json" }
  return new Request(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(message) })
}

describe("HTTP+SSE", () => {
  requirement(
    "S-110",
    "says first where to send to, then sends messages as events of that name",
    async () => {
      const mcp = quietServer({ http: { legacySse: true } })
      const { body } = await mcp.fetch(get("/sse"))
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
      const [, path = ""] =
        /^event: endpoint\ndata: (\S+)\n\n$/.exec((await reader?.read())?.value ?? "") ?? []
      expect((await mcp.fetch(post(path, { jsonrpc: "2.0", id: 1, method: "ping" }))).status).toBe(202)
      expect((await reader?.read())?.value).toMatch(/^event: message\ndata: \{"jsonrpc":"2.0",/)
      await reader?.cancel()
    },
  )

  requirement("S-111", "is not for pages of foreign origins", async () => {
    const mcp = quietServer({ http: { legacySse: true } })
    expect((await mcp.fetch(get("/sse", { origin: "https://evil.example" }))).status).toBe(403)
  })

  requirement("S-080", "stands beside the endpoint of today", async () => {
    const mcp = quietServer({ http: { legacySse: true } })
    const { message, headers } = rpc("server/discover")
    const body = JSON.stringify(message)
    expect((await mcp.fetch(new Request(`${origin}/mcp`, { method: "POST", headers, body }))).status).toBe(
      200,
    )
  })

  requirement("S-112", "is served only to who asked for it", async () => {
    expect((await quietServer().fetch(get("/sse"))).status).toBe(404)
  })
})
