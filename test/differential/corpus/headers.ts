import { type Case, call, type Fields, request } from "./request.ts"

/** The headers that repeat the body, and the one tool whose arguments have headers of their own. */
export function headerCases(): readonly Case[] {
  return [...standard(), ...named(), ...parameters(), ...others()]
}

function standard(): readonly Case[] {
  const changes: { readonly [what: string]: Fields } = {
    "no version": { "mcp-protocol-version": undefined },
    "no method": { "mcp-method": undefined },
    "neither version nor method": { "mcp-protocol-version": undefined, "mcp-method": undefined },
    "version empty": { "mcp-protocol-version": "" },
    "method empty": { "mcp-method": "" },
    "method of another request": { "mcp-method": "prompts/list" },
    "method in another case": { "mcp-method": "TOOLS/LIST" },
    "method with spaces": { "mcp-method": "  tools/list \t" },
    "method in base64": { "mcp-method": "=?base64?dG9vbHMvbGlzdA==?=" },
    "version with spaces": { "mcp-protocol-version": "  2026-07-28  " },
    "version twice": { "mcp-protocol-version": "2026-07-28, 2026-07-28" },
    "method twice": { "mcp-method": "tools/list, tools/list" },
    "header names in capitals": {
      "mcp-method": undefined,
      "mcp-protocol-version": undefined,
      "MCP-METHOD": "tools/list",
      "MCP-PROTOCOL-VERSION": "2026-07-28",
    },
    "a name where none belongs": { "mcp-name": "add" },
    "a session": { "mcp-session-id": "abc" },
    "a last event": { "last-event-id": "3" },
    "an unknown parameter header": { "mcp-param-region": "north" },
  }
  return Object.entries(changes).map(([what, headers]) => ({
    name: `headers tools/list: ${what}`,
    request: request("tools/list", {}, { headers }),
  }))
}

function named(): readonly Case[] {
  const b64 = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`
  const targets = [
    { method: "tools/call", name: "nothing", params: { name: "nothing" } },
    { method: "prompts/get", name: "greet", params: { name: "greet" } },
    { method: "resources/read", name: "config://app", params: { uri: "config://app" } },
  ]
  return targets.flatMap(({ method, name, params }) => {
    const values: { readonly [what: string]: unknown } = {
      missing: undefined,
      empty: "",
      "of another": "other",
      "in another case": name.toUpperCase(),
      "with spaces": `  ${name}\t`,
      "in base64": b64(name),
      "another in base64": b64("other"),
      "base64 without padding": b64(name).replace(/=+\?=$/, "?="),
      "base64 with a wrong letter": "=?base64?bm90*GluZw==?=",
      "base64 in the URL alphabet": "=?base64?_-8=?=",
      "base64 marker in capitals": b64(name).replace("base64", "BASE64"),
      "base64 of nothing": "=?base64??=",
      "an overlapping marker": "=?base64?=",
      "base64 with spaces around": `  ${b64(name)}  `,
      "base64 that is not UTF-8": "=?base64?/w==?=",
      "base64 with left-over bits": "=?base64?bm9=?=",
      "raw Latin-1": "\u00e9",
      twice: `${name}, ${name}`,
    }
    return Object.entries(values).map(([what, value]) => ({
      name: `headers ${method}: name ${what}`,
      request: request(method, params, { headers: { "mcp-name": value } }),
    }))
  })
}

function parameters(): readonly Case[] {
  const b64 = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`
  const rows: readonly (readonly [what: string, args: Fields, headers: Fields])[] = [
    [
      "all agree",
      { region: "north", shard: 7, dryRun: true },
      { region: "north", shard: "7", "dry-run": "true" },
    ],
    ["one is missing", { region: "north" }, {}],
    ["one differs", { region: "north" }, { region: "south" }],
    ["another case of the value", { region: "north" }, { region: "NORTH" }],
    ["one too many", {}, { region: "north" }],
    ["null and no header", { region: null }, {}],
    ["null and a header", { region: null }, { region: "null" }],
    ["base64", { region: "nórth" }, { region: b64("nórth") }],
    ["base64 of plain text", { region: "north" }, { region: b64("north") }],
    ["base64 that differs", { region: "north" }, { region: b64("south") }],
    ["base64 malformed", { region: "north" }, { region: "=?base64?***?=" }],
    ["base64 without padding", { region: "nort" }, { region: "=?base64?bm9ydA?=" }],
    ["a literal that looks like base64", { region: "=?base64?x?=" }, { region: b64("=?base64?x?=") }],
    ["spaces around", { region: "north" }, { region: "  north " }],
    ["an empty text", { region: "" }, { region: "" }],
    ["an empty text and no header", { region: "" }, {}],
    ["an integer with a fraction of zero", { shard: 42 }, { shard: "42.0" }],
    ["an integer with an exponent", { shard: 100 }, { shard: "1e2" }],
    ["an integer with a sign", { shard: 42 }, { shard: "+42" }],
    ["an integer with zeros in front", { shard: 42 }, { shard: "042" }],
    ["an integer in hex", { shard: 42 }, { shard: "0x2A" }],
    ["a negative integer", { shard: -7 }, { shard: "-7" }],
    ["an integer that is empty", { shard: 0 }, { shard: "" }],
    ["an unsafe integer", { shard: Number("9007199254740993") }, { shard: "9007199254740993" }],
    ["a text for an integer", { shard: 42 }, { shard: "many" }],
    ["a boolean in capitals", { dryRun: true }, { "dry-run": "TRUE" }],
    ["a boolean as a number", { dryRun: true }, { "dry-run": "1" }],
    ["false", { dryRun: false }, { "dry-run": "false" }],
    ["an argument of another type", { region: 3 }, { region: "3" }],
    ["an object for an argument", { region: { a: 1 } }, { region: "[object Object]" }],
    ["an unknown header", { note: "x" }, { colour: "blue" }],
    ["raw Latin-1", { region: "é" }, { region: "\u00e9" }],
  ]
  return rows.map(([what, args, headers]) => ({
    name: `headers place: ${what}`,
    request: call("place", args, {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [`mcp-param-${name}`, value]),
      ),
    }),
  }))
}

/** Headers of HTTP itself. */
function others(): readonly Case[] {
  const accepts = [
    undefined,
    "*/*",
    "application/json",
    "text/event-stream",
    "text/html",
    "application/*",
    "",
  ]
  const types = [
    undefined,
    "",
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/json;charset=latin1",
    " application/json ",
    "application/json, text/plain",
    "text/plain",
    "text/json",
    "application/json-rpc",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "json",
  ]
  const origins = ["http://127.0.0.1", "http://localhost:3000", "https://evil.example", "null", "nonsense"]
  const hosts = ["localhost:8080", "evil.example", "127.0.0.1.evil.example", "[::1]:80"]
  return [
    ...accepts.flatMap((accept) => [
      { name: `accept ${accept}: tools/list`, request: request("tools/list", {}, { headers: { accept } }) },
      {
        name: `accept ${accept}: a call with progress`,
        request: call("count", { to: 1 }, { headers: { accept }, meta: { progressToken: 1 } }),
      },
    ]),
    ...types.map((type) => ({
      name: `content type ${type}: tools/list`,
      request: request("tools/list", {}, { headers: { "content-type": type } }),
    })),
    ...origins.map((origin) => ({
      name: `origin ${origin}: tools/list`,
      request: request("tools/list", {}, { headers: { origin } }),
    })),
    ...hosts.map((host) => ({
      name: `host ${host}: tools/list`,
      request: request("tools/list", {}, { headers: { host } }),
    })),
  ]
}
