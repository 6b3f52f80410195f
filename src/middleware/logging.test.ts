import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { contextKey } from "../components/context.ts"
import { ToolError } from "../errors/tool.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import type { FleetMCPOptions } from "../fleet-mcp-options.ts"
import { createPrincipal } from "../protocol/principal.ts"
import type { LogRecord } from "../server/server-log.ts"
import { hidden } from "../shared/characters.ts"
import { type ConnectOptions, connect } from "../testing/index.ts"
import { type CallRecord, logging, type StructuredLoggingOptions, structuredLogging } from "./logging.ts"

const odd = new RegExp(hidden.source, "u")
const sent = "2026-11-23T12:00:00.000Z"

/** A server, and the records that are made of its calls. */
function recording(options: StructuredLoggingOptions = {}, server: FleetMCPOptions = {}) {
  const records: CallRecord[] = []
  const log: LogRecord[] = []
  let ms = Date.parse(sent)
  const mcp = new FleetMCP("Test", {
    log: (record) => void log.push(record),
    ...server,
    middleware: [
      structuredLogging({ now: () => ms, sink: (record) => void records.push(record), ...options }),
      ...(server.middleware ?? []),
    ],
  })
  mcp.tool({ name: "add", input: z.object({ a: z.number() }) }, ({ a }) => a)
  mcp.tool({ name: "wait" }, () => {
    ms += 1.23456
    return "done"
  })
  mcp.tool({ name: "fail" }, () => {
    throw new Error("it broke")
  })
  mcp.tool({ name: "refuse" }, () => {
    throw new ToolError("not today")
  })
  mcp.resource("docs://guide", () => "text")
  mcp.resource("docs://broken", () => {
    throw new Error("it broke")
  })
  return { mcp, records, log }
}

/** What a server writes of calls as lines. */
function lines(options: Parameters<typeof logging>[0] = {}) {
  const log: LogRecord[] = []
  const mcp = new FleetMCP("Test", {
    log: (record) => void log.push(record),
    middleware: [logging({ now: () => 0, ...options })],
  })
  mcp.tool({ name: "add", input: z.object({ a: z.number() }) }, ({ a }) => a)
  return { mcp, log }
}

/** What may be awaited, and is no promise. */
function awaited(run: (yes: () => void, no: (error: Error) => void) => void): Promise<void> {
  // Such as the queries of some databases.
  // biome-ignore lint/suspicious/noThenProperty: that is what it is about.
  return Object.fromEntries([["then", run]]) as unknown as Promise<void>
}

const quiet = async (call: Promise<unknown>) => call.catch(() => undefined)

describe("a record", () => {
  it("says what was called, how it ended, and for whom, in this order", async () => {
    const { mcp, records } = recording()
    const client = await connect(mcp, { clientInfo: { name: "abacus", version: "1.0" } })
    await client.callTool("wait")
    expect(JSON.stringify(records)).toBe(
      JSON.stringify([
        {
          time: "2026-11-23T12:00:00.001Z",
          level: "info",
          event: "request",
          method: "tools/call",
          target: "wait",
          outcome: "ok",
          durationMs: 1.235,
          requestId: 1,
          client: "abacus/1.0",
          transport: "memory",
          revision: "2026-07-28",
          server: "Test",
        },
      ]),
    )
  })

  it.each([
    ["add", { a: 1 }, { level: "info", outcome: "ok" }],
    ["add", { a: "x" }, { level: "warning", outcome: "tool-error" }],
    ["refuse", {}, { level: "warning", outcome: "tool-error" }],
    ["fail", {}, { level: "error", outcome: "tool-error", errorId: expect.stringMatching(/^[0-9a-f]{8}$/) }],
    ["nope", {}, { level: "warning", outcome: "failed", errorCode: -32602, error: "UNKNOWN_TOOL" }],
  ])("of `%s` with %j has a level by who did wrong", async (name, args, expected) => {
    const { mcp, records } = recording()
    await quiet((await connect(mcp)).callTool(name, args))
    expect(records).toMatchObject([expected])
  })

  it("has the id under which the server's own log has the error", async () => {
    const { mcp, records, log } = recording()
    await quiet((await connect(mcp)).readResource("docs://broken"))
    expect(records).toMatchObject([{ level: "error", outcome: "failed", errorCode: -32603 }])
    expect(records[0]?.errorId).toBe(log[0]?.errorId)
  })

  it("is made of what middleware throws too, and the call fails as it would", async () => {
    const { mcp, records } = recording(
      {},
      {
        middleware: [
          {
            callTool() {
              throw new TypeError("oops")
            },
          },
        ],
      },
    )
    const client = await connect(mcp)
    await expect(client.callTool("add", { a: 1 })).rejects.toThrow("Internal error")
    expect(records).toMatchObject([{ level: "error", errorCode: -32603, error: "TypeError" }])
  })

  it("is made of methods that do not exist, and of notifications", async () => {
    const { mcp, records } = recording()
    const client = await connect(mcp, { revision: "2025-11-25" })
    await quiet(client.request("no/such", {}))
    expect(records.map(({ event, method, outcome }) => [event, method, outcome])).toEqual([
      ["request", "initialize", "ok"],
      ["notification", "notifications/initialized", "ok"],
      ["request", "no/such", "failed"],
    ])
  })

  it("says that a call was cancelled", async () => {
    const { mcp, records } = recording()
    mcp.tool({ name: "hang" }, () => new Promise(() => undefined))
    const controller = new AbortController()
    const client = await connect(mcp)
    const call = quiet(client.callTool("hang", {}, { signal: controller.signal }))
    controller.abort()
    await call
    await vi.waitFor(() =>
      expect(records).toMatchObject([{ level: "info", outcome: "cancelled", error: "cancel" }]),
    )
  })

  it("says whose call it is: a handler's, or the own process's", async () => {
    const { mcp, records } = recording()
    mcp.tool({ name: "outer" }, async (_, ctx) => (await ctx.callTool("add", { a: 1 })).content)
    await mcp.callTool("outer")
    expect(records.map(({ target, caller }) => [target, caller])).toEqual([
      ["add", "handler"],
      ["outer", "process"],
    ])
  })

  it("has the beginning of a session's id and no more", async () => {
    const { mcp, records } = recording()
    await (await connect(mcp, { revision: "2025-11-25" })).callTool("add", { a: 1 })
    expect(records.at(-1)?.session).toMatch(/^.{8}$/)
  })

  it("says who calls only where it is asked for", async () => {
    const principal = await createPrincipal({ subject: "ada" })
    const said = async (options: StructuredLoggingOptions) => {
      const { mcp, records } = recording(options)
      await (await connect(mcp, { principal })).callTool("add", { a: 1 })
      return records[0]?.principal
    }
    expect(await said({})).toBeUndefined()
    expect(await said({ principal: true })).toBe(principal.key)
    expect(await said({ principal: ({ subject }) => subject })).toBe("ada")
  })

  const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  it.each([
    [`00-${trace}-00f067aa0ba902b7-01`, trace],
    [`cc-${trace}-00f067aa0ba902b7-01-what-follows`, trace],
    [`00-${trace}-00f067aa0ba902b7-01-more`, undefined],
    [`ff-${trace}-00f067aa0ba902b7-01`, undefined],
    [`00-${"0".repeat(32)}-00f067aa0ba902b7-01`, undefined],
    [`00-${trace}-${"0".repeat(16)}-01`, undefined],
    [`00-${trace.toUpperCase()}-00f067aa0ba902b7-01`, undefined],
    [`00-${trace}-00f067aa0ba902b7-01\n`, undefined],
    [{}, undefined],
  ])("has the trace of `%s` if it is valid", async (traceparent, expected) => {
    const { mcp, records } = recording()
    await (await connect(mcp)).request("tools/call", {
      name: "add",
      arguments: { a: 1 },
      _meta: { traceparent },
    })
    expect(records[0]?.traceId).toBe(expected)
  })

  it("has fields of one's own, plain, redacted and bounded", async () => {
    const tenant = contextKey<string>("tenant")
    const { mcp, records } = recording(
      {
        fields: (call) => ({
          tenant: "get" in call ? call.get(tenant) : undefined,
          password: "x",
          list: [1, { token: 2 }],
          long: "x\n".repeat(1000),
          none: undefined,
        }),
      },
      {
        middleware: [
          {
            callTool(call, next) {
              call.set(tenant, "acme")
              return next()
            },
          },
        ],
      },
    )
    await mcp.callTool("add", { a: 1 })
    expect(records[0]?.fields).toEqual({
      tenant: "acme",
      password: "[redacted]",
      list: '[1,{"token":"[redacted]"}]',
      long: expect.stringMatching(/^(x\\n)+…$/),
    })
  })
})

describe("payloads", () => {
  const call = async (options: StructuredLoggingOptions) => {
    const { mcp, records } = recording(options)
    await quiet((await connect(mcp)).callTool("add", { a: 1, password: "x" }))
    return records[0]
  }

  it("are not logged unless they are asked for", async () => {
    const record = await call({})
    expect(Object.keys(record ?? {})).not.toEqual(expect.arrayContaining(["arguments"]))
    expect(JSON.stringify(record)).not.toContain("password")
  })

  it("are those that are asked for", async () => {
    expect(await call({ payloads: "arguments" })).toMatchObject({
      arguments: '{"a":1,"password":"[redacted]"}',
    })
    expect((await call({ payloads: "arguments" }))?.result).toBeUndefined()
    expect((await call({ payloads: "results" }))?.result).toContain('"content"')
    expect((await call({ payloads: "results" }))?.arguments).toBeUndefined()
  })

  it("have what went wrong in words with the results", async () => {
    const { mcp, records } = recording({ payloads: "results" })
    await quiet((await connect(mcp)).callTool("nope"))
    expect(records[0]?.errorMessage).toContain("nope")
  })

  it("are the arguments as they came, whatever becomes of them", async () => {
    const { mcp, records } = recording(
      { payloads: true },
      {
        middleware: [
          {
            callTool(call, next) {
              Object.assign(call.params.arguments ?? {}, { a: 2 })
              return next()
            },
          },
        ],
      },
    )
    await (await connect(mcp)).callTool("add", { a: 1 })
    expect(records[0]?.arguments).toBe('{"a":1}')
  })

  it("have sizes and estimates where they are asked for", async () => {
    const { mcp, records } = recording({ sizes: true, tokens: true })
    mcp.tool({ name: "echo", input: z.object({ text: z.string() }) }, ({ text }) => text)
    await (await connect(mcp)).callTool("echo", { text: "日本" })
    expect(records[0]).toMatchObject({ argumentsBytes: 17, argumentsTokens: 5 })
    expect(records[0]?.resultBytes).toBeGreaterThan(30)
  })
})

describe("what is logged", () => {
  const methodsOf = async (
    options: StructuredLoggingOptions,
    act: (client: Awaited<ReturnType<typeof connect>>) => Promise<unknown>,
  ) => {
    const { mcp, records } = recording(options)
    const client = await connect(mcp, { revision: "2025-11-25" })
    await act(client)
    return records.map(({ event, method }) => `${event} ${method}`)
  }
  const visit = async (client: Awaited<ReturnType<typeof connect>>) => {
    await client.request("ping", {})
    await client.listTools()
    await quiet(client.callTool("fail"))
    await client.readResource("docs://guide")
  }

  it("is all but `ping`", async () => {
    expect(await methodsOf({}, visit)).toEqual([
      "request initialize",
      "notification notifications/initialized",
      "request tools/list",
      "request tools/call",
      "request resources/read",
    ])
  })

  it("is what `methods` names", async () => {
    expect(await methodsOf({ methods: ["tools/*", "ping", "!tools/list"] }, visit)).toEqual([
      "request ping",
      "request tools/call",
    ])
  })

  it("is what is as bad as `level`", async () => {
    expect(await methodsOf({ level: "error" }, visit)).toEqual(["request tools/call"])
  })

  it("is also the beginning, where `start` says so", async () => {
    expect(await methodsOf({ start: true, methods: ["tools/call"] }, visit)).toEqual([
      "start tools/call",
      "request tools/call",
    ])
  })

  it("is a share of what went well, and all that did not", async () => {
    expect(await methodsOf({ sample: 0 }, visit)).toEqual(["request tools/call"])
    expect(await methodsOf({ sample: 0, start: true }, visit)).toEqual(["request tools/call"])
    expect(await methodsOf({ sample: () => false }, visit)).toEqual(["request tools/call"])
    const share = { sample: () => 0.5, random: () => 0.4, methods: ["tools/list"] }
    expect(await methodsOf(share, visit)).toEqual(["request tools/list"])
    expect(await methodsOf({ ...share, random: () => 0.5 }, visit)).toEqual([])
    const fails = () => {
      throw new Error("no")
    }
    expect(await methodsOf({ sample: fails, methods: ["tools/list"] }, visit)).toEqual(["request tools/list"])
  })
})

describe("a hostile client", () => {
  const hostile = "x\r\n[fleetmcp] error: forged\u001b[2J\u0085\u2028\u202e\u009b31m\u0000"

  it("writes no lines of its own, and drives no terminal", async () => {
    const { mcp, log } = lines({ payloads: true })
    const client = await connect(mcp, { clientInfo: { name: hostile, version: hostile } })
    await quiet(client.callTool(hostile, { [hostile]: hostile }))
    await quiet(client.callTool("add", { a: hostile }))
    await quiet(client.request(hostile, { [hostile]: [hostile] }))
    await quiet(client.readResource(`docs://${hostile}`))
    expect(log.length).toBeGreaterThan(2)
    for (const { message } of log) expect(message).not.toMatch(odd)
  })

  it("makes no word look like another field", async () => {
    const { mcp, log } = lines()
    const client = await connect(mcp, { clientInfo: { name: 'a" id=9 outcome="ok', version: "1" } })
    await quiet(client.callTool('nope ok 1 ms id=7 "x" error='))
    expect(log.map(({ message }) => message)).toEqual([
      `tools/call "nope ok 1 ms id=7 'x' error=" failed -32602 UNKNOWN_TOOL 0.00 ms id=1 client="a' id=9 outcome='ok/1" transport=memory revision=2026-07-28`,
    ])
  })

  it("makes no long records", async () => {
    const { mcp, records } = recording({ payloads: true, sizes: true })
    const long = "x".repeat(100_000)
    const client = await connect(mcp, { clientInfo: { name: long, version: long } })
    await quiet(client.callTool(long, { [long]: long }))
    await quiet(client.request(long, {}))
    for (const record of records) expect(JSON.stringify(record).length).toBeLessThan(5000)
  })

  it("leaves printable records of bounded length, whatever it sends", { timeout: 20_000 }, async () => {
    const { mcp, records } = recording({ payloads: true, sizes: true, tokens: true, principal: true })
    const text = fc.string({ unit: "binary", maxLength: 50 })
    const json = fc.jsonValue({ stringUnit: "binary" })
    const method = fc.oneof(text, fc.constantFrom("tools/call", "prompts/get", "resources/read"))
    const params = fc.dictionary(fc.oneof(text, fc.constantFrom("name", "uri", "arguments")), json)
    const client = await connect(mcp)
    await fc.assert(
      fc.asyncProperty(method, params, async (method, params) => {
        await quiet(client.request(method, params))
      }),
      { numRuns: 100 },
    )
    expect(records.length).toBeGreaterThan(50)
    for (const record of records) {
      expect(JSON.stringify(record)).not.toMatch(odd)
      expect(JSON.stringify(record).length).toBeLessThan(8000)
    }
  })

  it("sends odd `_meta`, which fails no call", async () => {
    const { mcp, records } = recording({ payloads: true })
    const client = await connect(mcp)
    const meta = fc.dictionary(fc.constantFrom("traceparent", "a/b", "x"), fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(meta, async (_meta) => {
        const result = await client.request("tools/call", { name: "add", arguments: { a: 1 }, _meta })
        expect(result).toMatchObject({ content: [{ text: "1" }] })
      }),
      { numRuns: 50 },
    )
    expect(JSON.stringify(records)).not.toContain("_meta")
  })
})

describe("an error of a library", () => {
  it("is logged, whatever its name is", async () => {
    const odd = Object.defineProperty(new Error("it broke"), "name", { value: Symbol("odd") })
    const { mcp, records } = recording({}, { middleware: [{ callTool: () => Promise.reject(odd) }] })
    await (await connect(mcp)).callTool("add", { a: 1 }).catch(() => undefined)
    expect(records).toMatchObject([{ outcome: "failed", error: "Error" }])
  })
})

describe("where it goes", () => {
  it("is the server's own log, as a line", async () => {
    const { mcp, log } = lines()
    await mcp.callTool("add", { a: 1 })
    expect(log).toEqual([
      {
        level: "info",
        message: "tools/call add ok 0.00 ms caller=process revision=2026-07-28",
        errorId: undefined,
      },
    ])
  })

  it("is the server's own log, in words, in fields, and as JSON", async () => {
    const log: LogRecord[] = []
    const middleware = [structuredLogging({ now: () => 0 })]
    const mcp = new FleetMCP("Test", { log: (record) => void log.push(record), middleware })
    mcp.tool({ name: "add" }, () => "1")
    await mcp.callTool("add")
    expect(log).toMatchObject([
      { level: "info", message: "tools/call add ok 0.00 ms", data: { target: "add" } },
    ])
    expect(JSON.parse(log[0]?.json ?? "")).toEqual(log[0]?.data)
  })

  it("is a log that it is given", async () => {
    const own: LogRecord[] = []
    const { mcp, log } = lines({ log: (record) => void own.push(record) })
    await mcp.callTool("add", { a: 1 })
    expect([own.length, log.length]).toEqual([1, 0])
  })

  it("is a line of JSON on standard error, and nothing on standard output", async () => {
    const error = vi.spyOn(console, "error").mockReturnValue()
    const log = vi.spyOn(console, "log").mockReturnValue()
    const out = vi.spyOn(process.stdout, "write")
    const mcp = new FleetMCP("Test", { middleware: [structuredLogging(), logging()] })
    mcp.tool({ name: "add" }, () => "1")
    await mcp.callTool("add")
    await quiet(mcp.callTool("nope"))
    const written = error.mock.calls.map(([line]) => String(line))
    const counts = [log.mock.calls.length, out.mock.calls.length]
    vi.restoreAllMocks()
    expect(counts).toEqual([0, 0])
    expect(written.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line).outcome)).toEqual([
      "ok",
      "failed",
    ])
    expect(written.filter((line) => line.startsWith("[fleetmcp]"))).toHaveLength(2)
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("full")
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("full")
      },
    ],
    ["gives what is awaited and rejects", () => awaited((_, no) => no(new Error("full")))],
    [
      "gives what is awaited and throws",
      () =>
        awaited(() => {
          throw new Error("full")
        }),
    ],
  ])("fails no call when it %s, and is complained of once", async (_, sink) => {
    const { mcp, log } = recording({ sink })
    for (let call = 0; call < 3; call++) await mcp.callTool("add", { a: 1 })
    await vi.waitFor(() => expect(log).toMatchObject([{ level: "error", error: { message: "full" } }]))
  })

  it("is nothing the call waits for", async () => {
    const { mcp } = recording({ sink: () => new Promise(() => undefined) })
    expect(await mcp.callTool("add", { a: 1 })).toBeDefined()
  })

  it("gets the record all the same when `fields` or `principal` throws", async () => {
    const fail = () => {
      throw new Error("no")
    }
    const { mcp, records, log } = recording({ fields: fail, principal: fail })
    const principal = await createPrincipal({ subject: "ada" })
    await (await connect(mcp, { principal } as ConnectOptions)).callTool("add", { a: 1 })
    expect(records).toMatchObject([{ outcome: "ok" }])
    expect(log).toMatchObject([{ level: "error", error: { message: "no" } }])
  })

  it("is each server's own, of one middleware", async () => {
    const shared = logging()
    const logs = [1, 2].map(() => {
      const log: string[] = []
      const mcp = new FleetMCP("Test", { log: ({ message }) => void log.push(message), middleware: [shared] })
      mcp.tool({ name: "add" }, () => "1")
      return { mcp, log }
    })
    await logs[0]?.mcp.callTool("add")
    expect(logs.map(({ log }) => log.length)).toEqual([1, 0])
  })
})

describe("options", () => {
  it.each([
    [{ methods: [] }, "methods"],
    [{ methods: ["*/call"] }, "methods"],
    [{ methods: "tools/*" }, "methods"],
    [{ payloads: "all" }, "payloads"],
    [{ maxPayloadLength: 0 }, "maxPayloadLength"],
    [{ redact: [""] }, "redact"],
    [{ redact: ["--"] }, "redact"],
    [{ sample: 1.5 }, "sample"],
    [{ sample: Number.NaN }, "sample"],
    [{ level: "warn" }, "level"],
    [{ includePayloads: true }, "Use `payloads`"],
    [{ logger: console }, "Use `log`"],
    [{ sink: () => undefined }, "structuredLogging"],
  ])("%j is refused", (options, said) => {
    expect(() => logging(options as object)).toThrow(said)
  })

  it("are either `sink` or `log`", () => {
    expect(() => structuredLogging({ sink: () => undefined, log: () => undefined })).toThrow(
      "Give one of them",
    )
  })

  it("say where it stands", () => {
    expect(() => new FleetMCP("Test", { middleware: [{ ...logging(), name: "cache" }] })).toThrow()
    const cache = { name: "cache" }
    expect(() => new FleetMCP("Test", { middleware: [cache, logging()] })).toThrow("logging")
  })
})
