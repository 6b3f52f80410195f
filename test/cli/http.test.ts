import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { FleetMCP } from "fleetmcp"
import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { fleetmcp, start } from "./fleetmcp.ts"

const slow = { timeout: 60_000 }

/** Serves until the test is over. */
async function serve(): Promise<string> {
  const mcp = new FleetMCP("Over HTTP", { log: () => undefined })
  mcp.tool({ name: "greet" }, async (_, ctx) => {
    const answer = await ctx.elicit("Your name?", z.object({ name: z.string() }))
    return answer.action === "accept" ? `Hello, ${answer.data.name}!` : answer.action
  })
  const { url } = await mcp.run({ transport: "http", port: 0, inTests: true })
  onTestFinished(() => mcp.close({ graceMs: 0 }))
  return url
}

/** Answers as no MCP server does. */
async function answer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1")
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once("listening", resolve))
  // `as`: it listens on a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

describe("fleetmcp over HTTP", slow, () => {
  it.each(["auto", "session"])("calls a tool that asks (%s)", async (era) => {
    const url = await serve()
    const { stdout, code } = await fleetmcp("call", url, "greet", "--era", era, "--answer", "name=Ada")
    expect({ stdout, code }).toEqual({ stdout: "Hello, Ada!\n", code: 0 })
  })

  it("says what is wrong with the path in the words of the server", async () => {
    const url = await serve()
    const { stderr, code } = await fleetmcp("list", url.replace("/mcp", "/nope"))
    expect(stderr).toContain("answered 404: Nothing is served at `/nope`; the MCP endpoint is `/mcp`.")
    expect(code).toBe(1)
  })

  it("says when nothing listens", async () => {
    const url = await answer(() => undefined)
    const free = url.replace(/:\d+/, ":29")
    expect((await fleetmcp("list", free)).stderr).toContain("Nothing listens on 127.0.0.1:29.")
  })

  it("sends the token and headers, and says when they are not enough", async () => {
    const seen: unknown[] = []
    const url = await answer((request, response) => {
      seen.push(request.headers.authorization, request.headers["x-team"])
      response.writeHead(401, { "www-authenticate": "Bearer" }).end()
    })
    const { child, ended } = start(["list", url, "--header", "X-Team: blue"], {
      FLEETMCP_TOKEN: "secret-token",
    })
    child.stdin.end()
    const { stderr } = await ended
    expect(seen.slice(0, 2)).toEqual(["Bearer secret-token", "blue"])
    expect(stderr).toMatch(/answered 401, unauthorized\.\s+(fix\s+)?The token was not accepted/)
    expect(stderr).not.toContain("secret-token")
  })

  it("says when a web page answers, and shows nothing of it raw", async () => {
    const url = await answer((_, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<p>\u001b[2J</p>"),
    )
    expect((await fleetmcp("list", url)).stderr).toContain("answered with a web page (200).")
  })

  it("never sends the token to where a server redirects", async () => {
    const seen: unknown[] = []
    const other = await answer((request, response) => {
      seen.push(request.headers.authorization)
      response.end()
    })
    const url = await answer((_, response) => response.writeHead(307, { location: other }).end())
    await fleetmcp("list", url, "--token", "secret-token")
    expect(seen).toEqual([])
  })

  it("gives up lists without an end", async () => {
    const url = await answer((request, response) => {
      let body = ""
      request.on("data", (chunk) => {
        body += chunk
      })
      request.on("end", () => {
        const { id, method } = JSON.parse(body)
        const discovered = {
          supportedVersions: ["2026-07-28"],
          capabilities: { tools: {} },
          serverInfo: { name: "x", version: "1" },
        }
        const result =
          method === "tools/list"
            ? { tools: [{ name: "a", inputSchema: { type: "object" } }], nextCursor: "again" }
            : discovered
        const cached = { ttlMs: 0, cacheScope: "private", resultType: "complete" }
        response.writeHead(200, { "content-type": "application/json" })
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { ...result, ...cached } }))
      })
    })
    const { stderr, code } = await fleetmcp("list", url, "tools")
    expect(stderr).toContain("ENDLESS_LIST")
    expect(code).toBe(1)
  })
})
