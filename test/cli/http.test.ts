import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
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

/** Answers POST as an MCP server does, and nothing else. */
function speak(resultOf: (method: string) => object): RequestListener {
  return async (request, response) => {
    if (request.method === "GET") response.writeHead(405).end()
    if (request.method !== "POST") return
    const { id, method } = JSON.parse(await text(request))
    const head = {
      "content-type": "application/json",
      ...(method === "initialize" && { "mcp-session-id": "1" }),
    }
    if (id === undefined) response.writeHead(202).end()
    else response.writeHead(200, head).end(JSON.stringify({ jsonrpc: "2.0", id, result: resultOf(method) }))
  }
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

  it.each(["auto", "session"])("gives up a server that does not answer in time (%s)", async (era) => {
    const url = await answer(
      (_, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).write(": \n\n"),
    )
    const { stderr, code } = await fleetmcp("list", url, "--timeout", "0.5", "--era", era)
    expect(stderr).toContain("ANSWER_TIMED_OUT")
    expect(code).toBe(1)
  })

  it("ends by a signal while a server does not answer", async () => {
    let onAsked: () => void = () => undefined
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve
    })
    const url = await answer(() => onAsked())
    const { child, ended } = start(["list", url])
    await asked
    child.kill("SIGINT")
    expect(await ended).toMatchObject({ code: 130, stderr: "Interrupted.\n" })
  })

  it("reads no more of an error than is shown", async () => {
    const url = await answer((_, response) => {
      const more = () => void response.write("x".repeat(65_536))
      response.on("drain", more).writeHead(500, { "content-type": "text/plain" })
      more()
    })
    const { stderr } = await fleetmcp("list", url, "--timeout", "10")
    expect(stderr).toContain("answered 500: xxx")
  })

  it("says where a server redirects", async () => {
    const url = await answer((_, response) =>
      response.writeHead(307, { location: "https://a.test/mcp" }).end(),
    )
    expect((await fleetmcp("list", url)).stderr).toContain("answered 307, and leads to `https://a.test/mcp`.")
  })

  it("waits for no server that does not let its session be ended", async () => {
    const url = await answer(
      speak(() => ({
        protocolVersion: "2025-06-18",
        capabilities: {},
        serverInfo: { name: "x", version: "1" },
      })),
    )
    expect(await fleetmcp("list", url, "--era", "session")).toMatchObject({ code: 0 })
  })

  it.each([
    ["the same page again", "again", 1],
    ["empty pages", undefined, 0],
  ])("gives up lists without an end: %s", async (_, cursor, items) => {
    let page = 0
    const tools = Array.from({ length: items }, () => ({ name: "a", inputSchema: { type: "object" } }))
    const discovered = {
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: {} },
      serverInfo: { name: "x", version: "1" },
    }
    const cached = { ttlMs: 0, cacheScope: "private", resultType: "complete" }
    const url = await answer(
      speak((method) => ({
        ...(method === "tools/list" ? { tools, nextCursor: cursor ?? `${page++}` } : discovered),
        ...cached,
      })),
    )
    const { stderr, code } = await fleetmcp("list", url, "tools")
    expect(stderr).toContain("ENDLESS_LIST")
    expect(code).toBe(1)
  })

  it.each([
    ["--token", "secret\nvalue"],
    ["--header", "Authorization: secret \u2603"],
    ["--header", "Authorization secret"],
  ])("says what is wrong with a %s, and does not repeat it", async (option, value) => {
    const { stderr, code } = await fleetmcp("list", "http://127.0.0.1:9/mcp", option, value)
    expect(stderr).toContain("WRONG_USAGE")
    expect(stderr).not.toContain("secret")
    expect(code).toBe(2)
  })

  it("never repeats a password of a URL", async () => {
    const { stderr, code } = await fleetmcp("list", "http://ada:secret@127.0.0.1:9/mcp")
    expect(stderr).toContain("`http://127.0.0.1:9/mcp` has a name or password in it.")
    expect(stderr).not.toContain("secret")
    expect(code).toBe(2)
  })
})
