import { describe, expect, it } from "vitest"
import { describeEntries } from "./entries.ts"
import { callTool, jsonHeaders, rpc } from "./messages.ts"
import { quietServer, sampleServer } from "./server.ts"

const kib = 1024
const post = (body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>) =>
  ({ method: "POST", headers: jsonHeaders, body }) as const

/** A body of unknown length. */
function stream(...parts: readonly string[]): ReadableStream<Uint8Array> {
  return new Blob([...parts]).stream()
}

/** A body without end that says how often it was asked for more. */
function endless(): { readonly body: ReadableStream<Uint8Array>; readonly pulls: () => number } {
  let pulls = 0
  const chunk = new Uint8Array(16 * kib).fill(0x20)
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls++
      controller.enqueue(chunk)
    },
  })
  return { body, pulls: () => pulls }
}

const callOf = (value: unknown) => callTool("echo", { value })
const bodyOf = (value: unknown) => callOf(value).body as string

describeEntries("the body of a request", (serve, entry) => {
  it.each(["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"])(
    "is taken as %s",
    async (type) => {
      const t = await serve(sampleServer())
      expect(
        (await t.send(callTool("add", { a: 1, b: 2 }, { headers: { "content-type": type } }))).status,
      ).toBe(200)
    },
  )

  it.each(["text/plain", "application/json-seq", "application/x-www-form-urlencoded", "x", ""])(
    "is refused as `%s` with 415",
    async (type) => {
      const t = await serve(sampleServer())
      const { status, json } = await t.send(callTool("add", {}, { headers: { "content-type": type } }))
      expect([status, json.error.message]).toEqual([415, expect.stringContaining("send `application/json`")])
    },
  )

  it("is refused without a content type", async () => {
    const t = await serve(sampleServer())
    const body = new TextEncoder().encode("{}")
    expect((await t.send({ method: "POST", body })).status).toBe(415)
  })

  it("may be as large as the limit", async () => {
    const text = bodyOf("x")
    const t = await serve(sampleServer({ http: { bodyLimit: text.length } }))
    expect((await t.send(callOf("x"))).status).toBe(200)
  })

  it("may be 4 MiB by default, and no larger", async () => {
    const t = await serve(sampleServer())
    const room = 4 * kib * kib - bodyOf("").length
    expect((await t.send(callOf("x".repeat(room)))).status).toBe(200)
    expect((await t.send(callOf("x".repeat(room + 1)))).status).toBe(413)
  })

  it("is refused by its declared length before it is read", async () => {
    const t = await serve(sampleServer({ http: { bodyLimit: kib } }))
    const { status, json } = await t.send(callOf("x".repeat(kib)))
    expect([status, json.error]).toEqual([
      413,
      { code: -32600, message: "The body is larger than 1024 bytes." },
    ])
  })

  it("is counted in bytes, not in characters", async () => {
    const t = await serve(sampleServer({ http: { bodyLimit: kib } }))
    expect((await t.send(callOf("€".repeat(kib / 2)))).status).toBe(413)
  })

  it("is counted while it is read where no length is declared", async () => {
    const t = await serve(sampleServer({ http: { bodyLimit: kib } }))
    const request = { ...callOf("x"), body: stream(bodyOf("x".repeat(kib))) }
    expect((await t.send(request)).status).toBe(413)
  })

  it("is taken in chunks below the limit", async () => {
    const t = await serve(sampleServer())
    const text = bodyOf("äöü€😀")
    const middle = text.length >> 1
    const request = { ...callOf(""), body: stream(text.slice(0, middle), text.slice(middle)) }
    expect((await t.send(request)).json.result.structuredContent).toEqual({ value: "äöü€😀" })
  })

  it("is not read on when it is too large", async () => {
    const t = await serve(sampleServer({ http: { bodyLimit: 64 * kib } }))
    const { body, pulls } = endless()
    expect((await t.send({ ...callOf(""), body })).status).toBe(413)
    // Node keeps some in flight; what counts is that it ends.
    const after = pulls()
    await new Promise((resolve) => setImmediate(resolve))
    expect(pulls() - after).toBeLessThan(entry === "fetch" ? 2 : 1000)
  })

  it("may begin with a byte order mark", async () => {
    const t = await serve(sampleServer())
    const request = callTool("add", { a: 1, b: 2 })
    const bytes = new TextEncoder().encode(`\uFEFF${request.body}`)
    expect((await t.send({ ...request, body: bytes })).status).toBe(200)
  })

  it.each([
    ["nothing", ""],
    ["half an object", '{"jsonrpc":"2.0",'],
    ["two objects", "{}{}"],
    ["a word", "hello"],
    ["NaN", "NaN"],
    ["a bare byte order mark", "\uFEFF"],
  ])("that is %s is answered with 400 and -32700", async (_, body) => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send(post(body))
    expect([status, json.error.code]).toEqual([400, -32700])
  })

  it.each([
    ["null", "null"],
    ["a number", "7"],
    ["a string", '"x"'],
    ["an empty array", "[]"],
    ["an empty object", "{}"],
    ["no version", '{"id":1,"method":"x"}'],
    ["another version", '{"jsonrpc":"1.0","id":1,"method":"x"}'],
    ["no method", '{"jsonrpc":"2.0","id":1}'],
    ["a method that is no string", '{"jsonrpc":"2.0","id":1,"method":{}}'],
    ["params that are an array", '{"jsonrpc":"2.0","id":1,"method":"x","params":[]}'],
    ["params that are null", '{"jsonrpc":"2.0","id":1,"method":"x","params":null}'],
    ["an id that is null", '{"jsonrpc":"2.0","id":null,"method":"x"}'],
    ["an id that is a fraction", '{"jsonrpc":"2.0","id":1.5,"method":"x"}'],
    ["an id that is huge", '{"jsonrpc":"2.0","id":1e400,"method":"x"}'],
    ["an id that cannot be echoed", '{"jsonrpc":"2.0","id":9007199254740993,"method":"x"}'],
    ["an id that is an object", '{"jsonrpc":"2.0","id":{},"method":"x"}'],
    ["a response", '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ])("that is %s is answered with 400 and -32600", async (_, body) => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send(post(body))
    expect([status, json.error.code]).toEqual([400, -32600])
  })

  it("with 1,000 messages is answered once, with 400", async () => {
    const t = await serve(sampleServer())
    const batch = Array.from({ length: 1000 }, (_, id) =>
      JSON.parse(rpc("tools/list", {}, { id }).body as string),
    )
    const { status, json } = await t.send(post(JSON.stringify(batch)))
    expect([status, json.error.code, Array.isArray(json)]).toEqual([400, -32600, false])
  })

  it.each([
    ["a byte that never occurs", [0xff]],
    ["half a character", [0xc3]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["an overlong form", [0xc0, 0xaf]],
    ["Latin-1", [0xe4]],
  ])("that holds %s is not UTF-8, and answered with 400 and -32700", async (_, wrong) => {
    const t = await serve(sampleServer())
    const request = callOf("@")
    const [before, after] = (request.body as string).split("@")
    const encoder = new TextEncoder()
    const bytes = new Uint8Array([...encoder.encode(before), ...wrong, ...encoder.encode(after)])
    const { headers: own = {} } = request
    const declared = { ...own, "content-length": String(bytes.byteLength) }
    for (const [body, headers] of [
      [bytes, own],
      [bytes, declared],
      [new Blob([bytes]).stream(), own],
    ] as const) {
      const { status, json } = await t.send({ ...request, body, headers })
      expect([status, json.error]).toEqual([400, { code: -32700, message: "The body is not UTF-8." }])
    }
  })

  it("may hold the character that stands for unreadable ones", async () => {
    const t = await serve(sampleServer())
    const request = callOf("\uFFFD")
    const { headers: own = {} } = request
    const declared = { ...own, "content-length": String(Buffer.byteLength(request.body as string)) }
    for (const headers of [own, declared]) {
      const { status, json } = await t.send({ ...request, headers })
      expect([status, json.result.structuredContent]).toEqual([200, { value: "\uFFFD" }])
    }
  })

  it("may begin with a byte order mark and hold that character", async () => {
    const t = await serve(sampleServer())
    const request = callOf("\uFFFD")
    const body = `\uFEFF${request.body as string}`
    const { headers: own = {} } = request
    const headers = { ...own, "content-length": String(Buffer.byteLength(body)) }
    const { status, json } = await t.send({ ...request, headers, body })
    expect([status, json.result.structuredContent]).toEqual([200, { value: "\uFFFD" }])
  })

  it("with lone surrogates is echoed as it came", async () => {
    const t = await serve(sampleServer())
    const request = callOf("@")
    const body = (request.body as string).replace('"@"', '"\\ud800"')
    const { status, text } = await t.send({ ...request, body, headers: { ...request.headers } })
    expect([status, text.includes("\\ud800")]).toEqual([200, true])
  })

  it("keeps `__proto__` an ordinary key", async () => {
    const t = await serve(sampleServer())
    const request = callOf("@")
    const body = (request.body as string).replace('"@"', '{"__proto__":{"polluted":1},"constructor":1}')
    const { status } = await t.send({ ...request, body })
    expect([status, "polluted" in {}]).toEqual([200, false])
  })

  it("with a key `__proto__` in place of the parameters is refused", async () => {
    const t = await serve(sampleServer())
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","__proto__":{"params":{"_meta":{}}}}'
    expect((await t.send(post(body))).status).toBe(400)
  })

  it.each([10_000, 100_000])("nested %i deep within arguments is answered", async (depth) => {
    const t = await serve(sampleServer())
    const request = callOf("@")
    const body = (request.body as string).replace('"@"', "[".repeat(depth) + "]".repeat(depth))
    const { status } = await t.send({ ...request, body })
    expect(status).toBe(200)
  })

  it("nested 100,000 deep outside of arguments is answered", async () => {
    const t = await serve(sampleServer())
    const nest = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000)
    const bodies = [nest("[", "]"), nest('{"a":', "}").replace(":}", ":1}")]
    for (const body of bodies) expect((await t.send(post(body))).status).toBe(400)
  })

  it.each(["params", "_meta", "arguments", "name", "requestState", "inputResponses", "cursor", "uri"])(
    "with an object that cannot become text as `%s` is answered, whatever the method",
    async (key) => {
      const mcp = sampleServer()
      mcp.resource("data://x", () => "x")
      mcp.prompt({ name: "p" }, () => "x")
      const t = await serve(mcp)
      const trap = { toString: null, valueOf: null, toJSON: null }
      for (const method of [
        "tools/call",
        "tools/list",
        "resources/read",
        "prompts/get",
        "completion/complete",
        "initialize",
      ]) {
        const request = rpc(method, { name: "echo", uri: "data://x", [key]: trap })
        const { status } = await t.send({ ...request, headers: { ...request.headers, "mcp-name": "echo" } })
        expect(status).toBeLessThan(500)
      }
    },
  )

  it.each(["protocolVersion", "clientCapabilities", "clientInfo", "logLevel", "progressToken"])(
    "with an object that cannot become text as the envelope's `%s` is answered",
    async (key) => {
      const t = await serve(sampleServer())
      const trap = { toString: null, valueOf: null }
      const meta = { [key === "progressToken" ? key : `io.modelcontextprotocol/${key}`]: trap }
      const { status, json } = await t.send(callTool("add", { a: 1, b: 2 }, { meta }))
      expect(status).toBeLessThan(500)
      expect(json.error?.code).not.toBe(-32603)
    },
  )

  it("of a session client with a version that cannot become text is answered", async () => {
    const t = await serve(sampleServer())
    const message = {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: { toString: null } },
    }
    expect((await t.send(post(JSON.stringify(message)))).status).toBeLessThan(500)
  })

  it("is the answer's limit too: a handler may echo 4 MiB", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "big" }, () => "x".repeat(4 * kib * kib))
    const t = await serve(mcp)
    const { json } = await t.send(callTool("big"))
    expect(json.result.content[0].text.length).toBe(4 * kib * kib)
  })
})

describe("a body over `fetch` with a declared length that is not its own", () => {
  it("is counted itself, in bytes", async () => {
    const mcp = sampleServer({ http: { bodyLimit: 1000 } })
    const { headers, body } = callTool("echo", { value: "\u20ac".repeat(500) })
    const request = new Request("http://127.0.0.1/mcp", {
      method: "POST",
      headers: { ...(headers as Record<string, string>), host: "127.0.0.1", "content-length": "100" },
      body: body as string,
    })
    expect((await mcp.fetch(request)).status).toBe(413)
  })
})
