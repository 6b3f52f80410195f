import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createEndpoint } from "../../src/http/endpoint.ts"
import type { NodeListener } from "../../src/http/node.ts"
import { listen, trapErrors } from "./entries.ts"
import { callTool } from "./messages.ts"
import { open, statuses, wire } from "./raw.ts"
import { deferred, sampleServer } from "./server.ts"

/** The listener of a process that has loaded nothing of `node:http` yet, at an address, and what lets it. */
async function unloaded({ problem, prepare }: { problem?: Error; prepare?: NodeListener } = {}) {
  const gate = deferred<void>()
  vi.doMock("../../src/http/node-runtime.ts", async (load) => {
    await gate.promise
    if (problem !== undefined) throw problem
    return load()
  })
  const { createLazyListener } = await import("../../src/http/lazy-node.ts")
  const reported: unknown[] = []
  const endpoint = createEndpoint(
    { handler: sampleServer().handler, log: ({ error }) => void reported.push(error) },
    { maxRequests: 1 },
  )
  const came = deferred<void>()
  const lazy: NodeListener = createLazyListener(() => endpoint)
  const port = await listen((req, res) => {
    const { url } = req
    prepare?.(req, res)
    lazy(req, res)
    req.url = url
    came.resolve()
  })
  return { port, reported, came: came.promise, load: () => gate.resolve() }
}

describe("a request that comes before what serves it is loaded", () => {
  trapErrors()
  beforeEach(() => void vi.resetModules())
  afterEach(() => {
    vi.doUnmock("../../src/http/node-runtime.ts")
    vi.resetModules()
  })

  it("is answered", async () => {
    const { port, came, load } = await unloaded()
    const client = open(port)
    client.write(wire(callTool("add", { a: 1, b: 2 })))
    await came
    load()
    expect(statuses(await client.until(/"text":"3"/))).toEqual([200])
  })

  it("keeps its place in a pipeline", async () => {
    const { port, came, load } = await unloaded()
    const client = open(port)
    client.write(wire(callTool("add", { a: 1, b: 2 })) + wire({ path: "/nowhere" }))
    await came
    load()
    expect(statuses(await client.until(/404/))).toEqual([200, 404])
  })

  it("may be given up", async () => {
    const left = deferred<void>()
    const gone = left.promise
    const { port, came, load } = await unloaded({
      prepare: (req) => void req.once("close", () => left.resolve()),
    })
    const first = open(port)
    first.write(
      "POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
    )
    await came
    first.socket.destroy()
    await gone
    load()
    const second = open(port)
    second.write(wire(callTool("add", { a: 1, b: 2 })))
    expect(statuses(await second.until(/"text":"3"/))).toEqual([200])
  })

  it("is answered with an error that is reported where loading fails", async () => {
    const problem = new Error("no such file")
    const { port, reported, came, load } = await unloaded({ problem })
    const client = open(port)
    client.write(wire(callTool("add", { a: 1, b: 2 })))
    await came
    load()
    expect(statuses(await client.until(/Internal error/))).toEqual([500])
    expect(reported).toEqual([expect.objectContaining({ cause: problem })])
  })

  it("is cut where somebody has answered meanwhile and loading fails", async () => {
    const { port, came, load } = await unloaded({
      problem: new Error("no such file"),
      prepare: (_, res) => void res.writeHead(504).flushHeaders(),
    })
    const client = open(port)
    client.write(wire(callTool("add", { a: 1, b: 2 })))
    await came
    load()
    expect(statuses(await client.closed)).toEqual([504])
  })

  it("is served by the path it had when it came", async () => {
    const { port, came, load } = await unloaded({
      prepare: (req) => {
        req.url = "/mcp"
      },
    })
    const client = open(port)
    client.write(wire({ ...callTool("add", { a: 1, b: 2 }), path: "/prefix/mcp" }))
    await came
    load()
    expect(statuses(await client.until(/"text":"3"/))).toEqual([200])
  })
})
