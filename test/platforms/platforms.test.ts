import { definePlugin } from "fleetmcp"
import { vercel } from "fleetmcp/http/vercel"
import { workers } from "fleetmcp/http/workers"
import { describe, expect, it } from "vitest"
import { callTool, type HttpRequest } from "../http/messages.ts"
import { quietServer, sampleServer } from "../http/server.ts"
import { initialize } from "../http/session-client.ts"

const add = callTool("add", { a: 1, b: 2 })

function toRequest({ method = "GET", path = "/mcp", headers, body }: HttpRequest): Request {
  const init = { method, headers: headers as Record<string, string>, body: (body ?? null) as string | null }
  return new Request(`https://mcp.example.com${path}`, init)
}

describe("handlers of Vercel and Next.js", () => {
  it("answer below `/api/mcp`, whatever the host", async () => {
    const { POST } = vercel(sampleServer())
    const answer = await POST(toRequest({ ...add, path: "/api/mcp" }))
    expect(await answer.json()).toMatchObject({ result: { structuredContent: 3 } })
  })

  it("answer where the file of the route lies", async () => {
    const { POST } = vercel(sampleServer(), { path: "/tools/mcp" })
    expect((await POST(toRequest({ ...add, path: "/tools/mcp" }))).status).toBe(200)
  })

  it("open no sessions unless they are told to", async () => {
    const request = () => toRequest({ ...initialize(), path: "/api/mcp" })
    expect((await vercel(sampleServer()).POST(request())).headers.get("mcp-session-id")).toBeNull()
    const { POST } = vercel(sampleServer(), { sessions: "memory" })
    expect((await POST(request())).headers.get("mcp-session-id")).not.toBeNull()
  })

  it("answer every method that clients and browsers send", async () => {
    const { GET, DELETE, OPTIONS } = vercel(sampleServer(), { cors: true })
    const at = (method: string) =>
      toRequest({ method, path: "/api/mcp", headers: { origin: "https://a.example" } })
    const answers = [await GET(at("GET")), await DELETE(at("DELETE")), await OPTIONS(at("OPTIONS"))]
    expect(answers.map(({ status }) => status)).toEqual([405, 405, 204])
  })

  it("refuse pages of other origins", async () => {
    const headers = { ...add.headers, origin: "https://evil.example" }
    expect((await vercel(sampleServer()).POST(toRequest({ ...add, path: "/api/mcp", headers }))).status).toBe(
      403,
    )
  })
})

describe("the module of a Worker", () => {
  it("answers to any host, without sessions", async () => {
    const module = workers(sampleServer())
    const context = { waitUntil: () => undefined }
    expect((await module.fetch(toRequest(add), {}, context)).status).toBe(200)
    expect(
      (await module.fetch(toRequest(initialize()), {}, context)).headers.get("mcp-session-id"),
    ).toBeNull()
  })

  it("answers to loopback alone where it is told to, and leaves other ways to the server as they are", async () => {
    const mcp = sampleServer()
    expect((await workers(mcp, { hosts: [] }).fetch(toRequest(add))).status).toBe(403)
    workers(mcp)
    expect((await mcp.fetch(toRequest(add))).status).toBe(403)
    expect((await mcp.http({}).fetch(toRequest(add))).status).toBe(403)
  })

  it("keeps the start of the server going when its first client leaves", async () => {
    let isOpen = false
    const lifespan = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      isOpen = true
      return undefined
    }
    const mcp = quietServer({ plugins: [definePlugin({ id: "com.example/db", lifespan })] })
    const kept: Promise<unknown>[] = []
    void workers(mcp).fetch(toRequest(add), {}, { waitUntil: (work) => void kept.push(work) })
    await Promise.all(kept)
    expect(isOpen).toBe(true)
  })

  it("leaves it to the request to say that the server is closed", async () => {
    const mcp = sampleServer()
    await mcp.close()
    const kept: Promise<unknown>[] = []
    const answer = await workers(mcp).fetch(toRequest(add), {}, { waitUntil: (work) => void kept.push(work) })
    await Promise.all(kept)
    expect(answer.status).toBe(503)
  })
})
