import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished } from "vitest"
import { Client } from "../../src/client/index.ts"

type Answer = (method: string, params: Record<string, unknown>) => object | undefined | { status: number }

const stateless = {
  resultType: "complete",
  supportedVersions: ["2026-07-28"],
  capabilities: { tools: {}, resources: {} },
  ttlMs: 0,
  cacheScope: "private",
  _meta: { "io.modelcontextprotocol/serverInfo": { name: "hostile", version: "1" } },
}

/** A server that answers as it likes. */
async function hostile(answer: Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (request.method !== "POST") return response.writeHead(405).end()
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString())
    const result = answer(method, params)
    if (result === undefined) return undefined
    if ("status" in result) return response.writeHead(Number(result.status)).end()
    return response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ jsonrpc: "2.0", id, result }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

async function connected(answer: Answer) {
  const url = await hostile((method, params) =>
    method === "server/discover" ? stateless : answer(method, params),
  )
  const client = await Client.connect(url, { timeoutMs: 500 })
  onTestFinished(() => client.close())
  return client
}

describe("a hostile server", () => {
  it("cannot list for ever by one cursor", async () => {
    const client = await connected(() => ({ resultType: "complete", tools: [], nextCursor: "again" }))
    await expect(client.listTools()).rejects.toMatchObject({ code: "ENDLESS_LIST" })
  })

  it("cannot list for ever by new cursors", async () => {
    let page = 0
    const tools = Array.from({ length: 5_000 }, (_, at) => ({ name: `t${at}`, inputSchema: {} }))
    const client = await connected(() => ({ resultType: "complete", tools, nextCursor: String(++page) }))
    await expect(client.listTools()).rejects.toMatchObject({ code: "ENDLESS_LIST" })
  })

  it("cannot give a list that is none", async () => {
    const client = await connected(() => ({ resultType: "complete", tools: 7 }))
    await expect(client.listTools()).rejects.toMatchObject({ code: "WRONG_RESULT" })
  })

  it("cannot ask for ever", async () => {
    const client = await connected(() => ({ resultType: "input_required", requestState: "x" }))
    await expect(client.callTool("x")).rejects.toMatchObject({ code: "ENDLESS_QUESTIONS" })
  })

  it("cannot be silent for ever", async () => {
    const client = await connected(() => undefined)
    await expect(client.callTool("x")).rejects.toMatchObject({ code: "REQUEST_TIMED_OUT" })
  })

  it("cannot claim a type of result that nothing knows", async () => {
    const client = await connected(() => ({ resultType: "constructor" }))
    await expect(client.callTool("x")).rejects.toMatchObject({ code: "WRONG_RESULT" })
  })

  it("gives content of unknown types as it came", async () => {
    const content = [{ type: "hologram", beam: { x: 1 } }]
    const client = await connected(() => ({ resultType: "complete", content, extra: 1 }))
    expect((await client.callTool("x")).raw).toMatchObject({ content, extra: 1 })
  })

  it("cannot answer with structured content that does not fit what it declared", async () => {
    const tool = {
      name: "x",
      inputSchema: { type: "object" },
      outputSchema: { type: "object", required: ["a"] },
    }
    const client = await connected((method) =>
      method === "tools/list"
        ? { resultType: "complete", tools: [tool], ttlMs: 0, cacheScope: "private" }
        : { resultType: "complete", content: [], structuredContent: { b: 1 } },
    )
    await client.listTools()
    await expect(client.callTool("x")).rejects.toMatchObject({ code: "WRONG_OUTPUT" })
  })

  it.each([401, 403])("that answers %d is of no era", async (status) => {
    const methods: string[] = []
    const url = await hostile((method) => {
      methods.push(method)
      return { status }
    })
    await expect(Client.connect(url)).rejects.toMatchObject({ code: "ACCESS_REFUSED", status })
    expect(methods).toEqual(["server/discover"])
  })

  it.each([429, 500, 503])("that answers %d is of no era either", async (status) => {
    const methods: string[] = []
    const url = await hostile((method) => {
      methods.push(method)
      return { status }
    })
    await expect(Client.connect(url)).rejects.toMatchObject({ code: "CANNOT_CONNECT" })
    expect(methods).toEqual(["server/discover"])
  })

  it("that never answers is of no era", async () => {
    const methods: string[] = []
    const url = await hostile((method) => {
      methods.push(method)
      return undefined
    })
    await expect(Client.connect(url, { timeoutMs: 100 })).rejects.toMatchObject({ code: "REQUEST_TIMED_OUT" })
    expect(methods).toEqual(["server/discover"])
  })
})
