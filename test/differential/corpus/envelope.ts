import {
  type Case,
  type Change,
  call,
  type Fields,
  keys,
  post,
  request,
  revision,
  standardHeaders,
} from "./request.ts"

/** The envelope of a request: `_meta`, the version in it and in the header, ids, and methods that are not there. */
export function envelopeCases(): readonly Case[] {
  return [...metas(), ...versions(), ...ids(), ...methods(), ...notifications()]
}

const base = "envelope"

function metas(): readonly Case[] {
  const wholes: { readonly [what: string]: unknown } = {
    "left out": undefined,
    null: null,
    "a string": "x",
    "a number": 3,
    "an array": [],
    empty: {},
  }
  const parts: { readonly [what: string]: Fields } = {
    "no version": { [keys.version]: undefined },
    "version null": { [keys.version]: null },
    "version a number": { [keys.version]: 20260728 },
    "version empty": { [keys.version]: "" },
    "no capabilities": { [keys.capabilities]: undefined },
    "capabilities null": { [keys.capabilities]: null },
    "capabilities an array": { [keys.capabilities]: [] },
    "capabilities a string": { [keys.capabilities]: "all" },
    "capabilities empty": { [keys.capabilities]: {} },
    "no client info": { [keys.info]: undefined },
    "client info null": { [keys.info]: null },
    "client info a string": { [keys.info]: "me" },
    "client info without version": { [keys.info]: { name: "me" } },
    "client info with an unknown field": { [keys.info]: { name: "me", version: "1", mood: "fine" } },
    "version and capabilities missing": { [keys.version]: undefined, [keys.capabilities]: undefined },
    "unknown key": { "com.example/x": 1 },
    "unknown reserved key": { "io.modelcontextprotocol/x": 1 },
    "badly formed key": { "///": 1 },
    "log level unknown": { [keys.logLevel]: "loud" },
    "subscription id": { "io.modelcontextprotocol/subscriptionId": 1 },
    "related task": { "io.modelcontextprotocol/related-task": { taskId: "x" } },
    "trace context malformed": { traceparent: "nonsense" },
    "progress token null": { progressToken: null },
  }
  return ["tools/list", "server/discover"].flatMap((method) => [
    ...Object.entries(wholes).map(([what, _meta]) => ({
      name: `${base} ${method}: _meta ${what}`,
      request: request(method, { _meta }),
    })),
    ...Object.entries(parts).map(([what, meta]) => ({
      name: `${base} ${method}: ${what}`,
      request: request(method, {}, { meta }),
    })),
    {
      name: `${base} ${method}: params left out`,
      request: request(method, {}, { message: { params: undefined } }),
    },
    { name: `${base} ${method}: params null`, request: request(method, {}, { message: { params: null } }) },
    { name: `${base} ${method}: params an array`, request: request(method, {}, { message: { params: [] } }) },
    {
      name: `${base} ${method}: params a string`,
      request: request(method, {}, { message: { params: "x" } }),
    },
  ])
}

function versions(): readonly Case[] {
  const known = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
  const values = [...known, "1900-01-01", "2099-01-01", "DRAFT-2026-v1", "x"]
  const both = values.flatMap((version) =>
    ["tools/list", "server/discover", "initialize"].map((method) => ({
      name: `version ${version} in both: ${method}`,
      request: request(
        method,
        {},
        { meta: { [keys.version]: version }, headers: { "mcp-protocol-version": version } },
      ),
    })),
  )
  const inHeader = values.map((version) => ({
    name: `version ${version} in the header only differs: tools/list`,
    request: request("tools/list", {}, { headers: { "mcp-protocol-version": version } }),
  }))
  const inBody = values.map((version) => ({
    name: `version ${version} in the body only differs: tools/list`,
    request: request("tools/list", {}, { meta: { [keys.version]: version } }),
  }))
  // What claims nothing, under a header of an older revision, is of the era with sessions.
  const noClaim = [
    {
      name: `version ${revision} in the header, none in the body: tools/list`,
      request: request("tools/list", { _meta: undefined }, { headers: { "mcp-protocol-version": revision } }),
    },
  ]
  const noHeader = [...values, revision].map((version) => ({
    name: `version ${version} in the body, no header: tools/list`,
    request: request(
      "tools/list",
      {},
      { meta: { [keys.version]: version }, headers: { "mcp-protocol-version": undefined } },
    ),
  }))
  return [...both, ...inHeader, ...inBody, ...noClaim, ...noHeader, ...handshakes()]
}

/** What clients of older revisions open with, under a header of this one. */
function handshakes(): readonly Case[] {
  const hello = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "old", version: "1" } },
  }
  return [
    {
      name: "handshake: with a header of this version",
      request: post(hello, { "mcp-protocol-version": revision }),
    },
  ]
}

function ids(): readonly Case[] {
  const values: readonly unknown[] = [
    "a string",
    "",
    0,
    -1,
    9007199254740991,
    Number("9007199254740993"),
    1e21,
    1.5,
    null,
    true,
    [],
    {},
    "żółć",
    "x".repeat(2000),
  ]
  const shown = (id: unknown) => JSON.stringify(id).slice(0, 30)
  return values.flatMap((id) => [
    { name: `id ${shown(id)}: good call`, request: call("nothing", {}, { id }) },
    { name: `id ${shown(id)}: unknown method`, request: request("no/such", {}, { id }) },
    {
      name: `id ${shown(id)}: bad version`,
      request: request("tools/list", {}, { id, meta: { [keys.version]: "x" } }),
    },
  ])
}

function methods(): readonly Case[] {
  const older = [
    "initialize",
    "ping",
    "logging/setLevel",
    "resources/subscribe",
    "resources/unsubscribe",
    "tasks/get",
    "tasks/list",
    "tasks/result",
    "tasks/cancel",
    "tasks/update",
    "sampling/createMessage",
    "elicitation/create",
    "roots/list",
  ]
  const wrong = [
    "",
    " ",
    "tools",
    "tools/",
    "Tools/List",
    "tools/list ",
    "constructor",
    "__proto__",
    "notifications/x",
  ]
  const changes: { readonly [what: string]: Change } = {
    enveloped: {},
    "without envelope": { message: { params: {} } },
    "with bad envelope": { meta: { [keys.capabilities]: 3 } },
  }
  return [...older, ...wrong, "skills/list", "x".repeat(3000)].flatMap((method) =>
    Object.entries(changes).map(([what, change]) => ({
      name: `method ${method.slice(0, 30)}: ${what}`,
      request: request(method, {}, change),
    })),
  )
}

function notifications(): readonly Case[] {
  const names = [
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/progress",
    "notifications/roots/list_changed",
    "notifications/unknown",
    "tools/list",
    "",
  ]
  const changes: { readonly [what: string]: Change } = {
    enveloped: { id: undefined },
    "without envelope": { id: undefined, message: { params: {} } },
    "without params": { id: undefined, message: { params: undefined } },
    "without headers": { id: undefined, headers: bare },
    "without envelope and headers": { id: undefined, message: { params: {} }, headers: bare },
    "of another version": { id: undefined, meta: { [keys.version]: "1900-01-01" } },
    "with a header of another method": { id: undefined, headers: { "mcp-method": "x" } },
  }
  const cancel = request("notifications/cancelled", { requestId: 1, reason: "enough" }, { id: undefined })
  return [
    ...names.flatMap((method) =>
      Object.entries(changes).map(([what, change]) => ({
        name: `notification ${method}: ${what}`,
        request: request(method, {}, change),
      })),
    ),
    { name: "notification notifications/cancelled: with a request id", request: cancel },
  ]
}

const bare: Fields = Object.fromEntries(Object.keys(standardHeaders("", {})).map((name) => [name, undefined]))
