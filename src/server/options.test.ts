import { describe, expect, it } from "vitest"
import { FleetMCP } from "../fleet-mcp.ts"
import type { FleetMCPOptions } from "../fleet-mcp-options.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { assertCallOptions } from "./call-options.ts"
import { memoryEventBus } from "./events.ts"
import { assertCloseOptions, assertServerName } from "./options.ts"
import { definePlugin } from "./plugin.ts"
import { assertRunOptions } from "./run-options.ts"

/** The error of a server that is made with this option. */
function errorOf(name: string): { readonly code: string; readonly message: string } {
  try {
    new FleetMCP("Test", { [name]: 1 } as never)
  } catch (error) {
    // Only errors of ours are thrown here.
    return error as never
  }
  throw new Error(`\`${name}\` was accepted`)
}

describe("an unknown option", () => {
  it.each([
    ["instruction", "instructions"],
    ["maskError", "maskErrors"],
    ["pagesize", "pageSize"],
    ["transform", "transforms"],
    ["plugin", "plugins"],
  ])("`%s` suggests `%s`", (name, near) => {
    expect(errorOf(name)).toMatchObject({ code: "FLEET-09", message: expect.stringContaining(`\`${near}\``) })
  })

  it.each([
    ["mask_error_details", "`maskErrors`"],
    ["on_duplicate_tools", "`onDuplicate`"],
    ["list_page_size", "`pageSize`"],
    ["capabilities", "Leave it out"],
    ["eventBus", "`bus`"],
    ["authenticate", "`auth`"],
    ["include_tags", "transform"],
    ["name", "first argument"],
  ])("`%s` of another framework names ours: %s", (name, advice) => {
    expect(errorOf(name)).toMatchObject({ code: "FLEET-09", message: expect.stringContaining(advice) })
  })

  it.each(["toString", "constructor", "zzzzzzzz"])("`%s` suggests nothing", (name) => {
    const { code, message } = errorOf(name)
    expect(code).toBe("FLEET-09")
    expect(message).toMatch(/`FleetMCP` has no option `\w+`\.$/)
  })
})

const unknownOption = (advice: string) =>
  expect.objectContaining({ code: "FLEET-09", message: expect.stringContaining(advice) })
const invalidOption = (text: string) =>
  expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(text) })

describe("a value that an option cannot have", () => {
  it.each([
    [{ version: 1 }, "`version` of `FleetMCP` is `1`. Give a string."],
    [{ title: null }, "`title` of `FleetMCP` is `null`"],
    [{ description: ["a"] }, "is a list"],
    [{ instructions: 5 }, "Give a string."],
    [{ websiteUrl: new URL("https://example.com") }, "is an object. Give a string."],
    [{ tools: {} }, "Give a list."],
    [{ middleware: () => 1 }, "is a function. Give a list."],
    [{ auth: () => ({}) }, "`authenticate(request)`"],
    [
      { auth: {} },
      "is an object without `authenticate`. Give an object with a method `authenticate(request)`",
    ],
    [{ auth: 5 }, "is `5`. Give"],
    [{ http: true }, "Give an object."],
    [{ pageSize: 0 }, "a whole number above 0"],
    [{ pageSize: 2.5 }, "a whole number above 0"],
    [{ pageSize: "50" }, 'is `"50"`'],
    [{ onDuplicate: "overwrite" }, 'is `"overwrite"`. Give `error`, `warn`, `replace` or `ignore`.'],
    [{ maskErrors: "yes" }, "`true` or `false`"],
    [{ lenient: 1 }, "`true` or `false`"],
    [{ timeout: 0 }, "milliseconds above 0"],
    [{ timeout: Number.NEGATIVE_INFINITY }, "is `-Infinity`"],
    [{ timeout: Number.NaN }, "is `NaN`"],
    [{ bus: {} }, "`publish(event)`"],
    [{ log: console }, "Give a function."],
    [{ maxSubscriptions: -1 }, "a whole number above 0"],
    [{ maxSubscriptionsPerPrincipal: 0 }, "a whole number above 0"],
    [
      { cacheHints: { "tools/list": { ttlMs: -5 } } },
      "`ttlMs` of the `tools/list` of the `cacheHints` of `FleetMCP`",
    ],
    [{ cacheHints: { "tools/list": { scope: "all" } } }, "Give `public` or `private`."],
  ])("%j is refused with what to give", (options, text) => {
    expect(() => new FleetMCP("Test", options as never)).toThrow(invalidOption(text))
  })

  it("inside of another is found by its name", () => {
    const options = { cacheHints: { "tools/lst": {} } } as never
    expect(() => new FleetMCP("Test", options)).toThrow(unknownOption("Did you mean `tools/list`?"))
  })

  it("that is a secret is not repeated", () => {
    const secrets = "correct horse battery staple"
    const make = () => new FleetMCP("Test", { secrets } as never)
    expect(make).toThrow(invalidOption("Give a list of strings or bytes."))
    expect(make).toThrow(expect.objectContaining({ message: expect.not.stringContaining("horse") }))
  })

  it("is none of those that the options are made for", () => {
    const options: FleetMCPOptions = {
      version: "1.0.0",
      description: "",
      icons: [],
      auth: { authenticate: () => createPrincipal({ subject: "ada" }) },
      cacheHints: { "tools/list": { ttlMs: 0, scope: "public" } },
      pageSize: 1,
      timeout: 0.5,
      onDuplicate: "warn",
      secrets: ["0123456789abcdef0123456789abcdef", new Uint8Array(32).map((_, index) => index)],
      bus: memoryEventBus(),
      log: () => undefined,
    }
    expect(() => new FleetMCP("Test", options)).not.toThrow()
  })
})

describe("the server", () => {
  const invalid = expect.objectContaining({ code: "INVALID_OPTION" })
  const unknown = expect.objectContaining({ code: "FLEET-09" })

  it("judges its name and options, also when it is run, closed, called and wrapped", async () => {
    const mcp = new FleetMCP("Test", { log: () => undefined })
    expect(() => new FleetMCP("")).toThrow(invalid)
    expect(() => mcp.use({ onCall: () => undefined } as never)).toThrow(unknown)
    await expect(mcp.run({ transport: "http", port: 70_000 })).rejects.toEqual(invalid)
    await expect(mcp.run({ transport: "htp" } as never)).rejects.toEqual(invalid)
    await expect(mcp.callTool("x", {}, { principal: {} } as never)).rejects.toEqual(unknown)
    await expect(mcp.listTools({ principal: {} } as never)).rejects.toEqual(unknown)
    await expect(mcp.close({ grace: 5 } as never)).rejects.toEqual(unknown)
    await mcp.close()
  })

  it("keeps nothing of a route or plugin that it refuses", async () => {
    const mcp = new FleetMCP("Test", { log: () => undefined })
    expect(() => mcp.route("GET metrics", () => new Response("x"))).toThrow()
    const routes = { nowhere: () => new Response("x") }
    expect(() => mcp.plugin(definePlugin({ id: "com.example/x", routes }))).toThrow()
    mcp.plugin(definePlugin({ id: "com.example/x" })).route("GET /metrics", () => new Response("all well"))
    const response = await mcp.fetch(new Request("http://localhost/metrics"))
    expect(await response.text()).toBe("all well")
  })
})

describe("the name of a server", () => {
  it.each([undefined, null, "", "  ", 5, { name: "Test" }])("cannot be %j", (name) => {
    expect(() => assertServerName(name)).toThrow(invalidOption("first argument"))
  })

  it("can be any other text", () => {
    expect(() => assertServerName("Wetter für München")).not.toThrow()
  })
})

describe("the options of `mcp.run()`", () => {
  it.each([
    {},
    { transport: "stdio" },
    { transport: "http" },
    { transport: "http", port: 0, host: "::1" },
    { transport: "http", port: 65_535 },
  ])("can be %j", (options) => {
    expect(() => assertRunOptions(options)).not.toThrow()
  })

  it.each([
    [5, "Give an object."],
    [{ transport: "stdio", port: 1 }, 'Give `transport: "http"` with it.'],
    [{ host: "::1" }, 'Give `transport: "http"` with it.'],
    [{ transport: "sse" }, 'is `"sse"`'],
    [{ transport: "http", port: "3000" }, 'is `"3000"`'],
    [{ transport: "http", port: 70_000 }, "from 0 to 65,535"],
    [{ transport: "http", port: Number.NaN }, "from 0 to 65,535"],
    [{ transport: "http", host: "" }, "an address"],
  ])("cannot be %j", (options, text) => {
    expect(() => assertRunOptions(options as never)).toThrow(invalidOption(text))
  })

  it.each([
    ["prt", "`port`"],
    ["hostname", "`host`"],
    ["path", "`http: { path }`"],
    ["transportType", "`transport`"],
  ])("do not have `%s`, and say what was meant", (name, advice) => {
    expect(() => assertRunOptions({ transport: "http", [name]: 1 })).toThrow(unknownOption(advice))
  })
})

describe("the options of `mcp.close()`", () => {
  it("hold a time that timers can wait for", () => {
    expect(() => assertCloseOptions({ graceMs: 0 })).not.toThrow()
    for (const graceMs of [-1, Number.POSITIVE_INFINITY, 2 ** 31, "5s"])
      expect(() => assertCloseOptions({ graceMs })).toThrow(invalidOption("milliseconds"))
    expect(() => assertCloseOptions(5000 as never)).toThrow(invalidOption("`mcp.close()` is `5000`"))
    expect(() => assertCloseOptions({ grace: 1 })).toThrow(unknownOption("`graceMs`"))
  })
})

describe("the options of calls from the own process", () => {
  it("say on whose behalf, by a principal or by `undefined`", async () => {
    const as = await createPrincipal({ subject: "ada" })
    const { signal } = new AbortController()
    for (const options of [{}, { as }, { as: undefined }, { as, signal }])
      expect(() => assertCallOptions("tools/call", options)).not.toThrow()
  })

  it.each([
    [{ principal: {} }, "It has `as`, `version` and `signal`."],
    [{ timeout: 5 }, "It has `as`, `version` and `signal`."],
    [{ sginal: 5 }, "`signal`"],
  ])("cannot be %j, which would run on the server's own behalf", (options, advice) => {
    expect(() => assertCallOptions("tools/call", options)).toThrow(unknownOption(advice))
  })

  it.each([
    [{ as: null }, "is `null`"],
    [{ as: "ada" }, "createPrincipal"],
    [{ as: { key: "ada", scopes: ["admin"] } }, "createPrincipal"],
    [{ as: createPrincipal({ subject: "ada" }) }, "`await createPrincipal(…)`"],
    [{ signal: new AbortController() }, "`signal`"],
  ])("cannot hold %o", (options, text) => {
    expect(() => assertCallOptions("tools/call", options)).toThrow(invalidOption(text))
  })
})
