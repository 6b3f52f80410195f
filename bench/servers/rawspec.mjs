/**
 * Bare `node:http` with every check of the 2026-07-28 specification written by hand, argument validation compiled
 * by ajv, lists serialized once, and the events of one turn written together. It has no context, middleware,
 * cancellation, principal or session: it is what the specification alone costs. Wire: 2026-07-28.
 */
import http from "node:http"
import { Ajv2020 } from "ajv/dist/2020.js"
import { META, PROTOCOL, SERVER_INFO, toolData } from "../lib/catalog.mjs"
import { config, listen } from "../lib/child.mjs"

const BODY_LIMIT = 4 * 1024 * 1024
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"])
const JSON_TYPE = /^application\/json(?:\s*;.*)?$/i
const SENTINEL = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/
const EVENT = "event: message\ndata: "
const NAMED = { "tools/call": "name", "prompts/get": "name", "resources/read": "uri" }

const ajv = new Ajv2020({ strict: false, allErrors: true })
const stamp = { [META.serverInfo]: SERVER_INFO }
const text = (value) => ({ resultType: "complete", content: [{ type: "text", text: value }], _meta: stamp })

const handlers = {
  add: ({ a, b }) => text(String(a + b)),
  echo: (args) => text(args.text),
  filler: () => text("ok"),
  progress: ({ steps }, report) => {
    for (let step = 1; step <= steps; step++) report(step, steps)
    return text("done")
  },
}

const tools = new Map()
const listed = []
for (const { kind, ...tool } of toolData(config.tools)) {
  let compiled
  const validate = (args) => {
    compiled ??= ajv.compile(tool.inputSchema)
    return compiled(args) ? undefined : compiled.errors
  }
  tools.set(tool.name, { handler: handlers[kind], validate })
  listed.push(tool)
}

const cache = { ttlMs: 0, cacheScope: "private" }
const serialize = (result) => JSON.stringify({ resultType: "complete", ...result, _meta: stamp })
const toolsJson = serialize({ tools: listed, ...cache })
const discoverJson = serialize({ supportedVersions: [PROTOCOL], capabilities: { tools: {} }, ...cache })
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value)

function send(res, status, body) {
  if (res.destroyed) return
  res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
  res.end(body)
}

function fail(res, [status, error], id) {
  send(res, status, JSON.stringify({ jsonrpc: "2.0", ...(id === undefined ? {} : { id }), error }))
}

const invalid = (message, code = -32600) => ({ code, message })

/** Names what is wrong before the body is read, as `[status, error]`. */
function refuse(req) {
  const host = req.headers.host
  if (host === undefined || !LOOPBACK.has(host.replace(/:\d+$/, "")))
    return [403, invalid("Host not allowed")]
  const origin = req.headers.origin
  if (origin !== undefined) {
    if (!URL.canParse(origin) || !LOOPBACK.has(new URL(origin).hostname))
      return [403, invalid("Origin not allowed")]
  }
  if (req.method !== "POST") return [405, invalid("Method not allowed")]
  if (req.url !== "/mcp" && !req.url.startsWith("/mcp?")) return [404, invalid("Not found")]
  if (!JSON_TYPE.test(req.headers["content-type"] ?? ""))
    return [415, invalid("Content-Type must be application/json")]
  const length = req.headers["content-length"]
  if (length !== undefined && Number(length) > BODY_LIMIT) return [413, invalid("Body too large")]
  return undefined
}

function decodeHeader(value) {
  const match = SENTINEL.exec(value)
  if (match === null) return value
  const bytes = Buffer.from(match[1], "base64")
  return bytes.toString("base64") === match[1] ? bytes.toString() : undefined
}

/** Names what is wrong with the parsed message, as `[status, error]`. */
function check(message, headers) {
  if (!isRecord(message) || message.jsonrpc !== "2.0") return [400, invalid("Not a JSON-RPC message")]
  const { id, method, params } = message
  if (typeof method !== "string") return [400, invalid("A client may only send requests and notifications")]
  if (typeof id !== "string" && !Number.isInteger(id))
    return [400, invalid("The id must be a string or an integer")]
  const meta = params?._meta
  if (!isRecord(params) || !isRecord(meta)) return [400, invalid("`_meta` is missing", -32602)]
  const version = meta[META.version]
  if (typeof version !== "string") return [400, invalid(`\`${META.version}\` is missing`, -32602)]
  if (headers["mcp-protocol-version"] !== version)
    return [400, invalid("MCP-Protocol-Version disagrees", -32020)]
  if (version !== PROTOCOL) {
    const data = { supported: [PROTOCOL], requested: version }
    return [400, { code: -32022, message: "Unsupported protocol version", data }]
  }
  if (!isRecord(meta[META.capabilities])) return [400, invalid(`\`${META.capabilities}\` is missing`, -32602)]
  const info = meta[META.clientInfo]
  if (info !== undefined && (typeof info?.name !== "string" || typeof info.version !== "string")) {
    return [400, invalid(`\`${META.clientInfo}\` is malformed`, -32602)]
  }
  if (headers["mcp-method"] !== method) return [400, invalid("Mcp-Method disagrees", -32020)]
  const field = NAMED[method]
  if (field === undefined) return undefined
  const named = headers["mcp-name"]
  if (named === undefined || decodeHeader(named) !== params[field])
    return [400, invalid("Mcp-Name disagrees", -32020)]
  return undefined
}

/** Collects the events of one turn and writes them as one piece; what all of them share is serialized once. */
function reporter(res, token) {
  let pending = ""
  let open
  const flush = () => {
    if (pending === "" || res.destroyed) return
    if (!res.headersSent)
      res.writeHead(200, { "content-type": "text/event-stream", "x-accel-buffering": "no" })
    res.write(pending)
    pending = ""
  }
  const report = (progress, total) => {
    if (token === undefined) return
    if (!Number.isFinite(progress) || !Number.isFinite(total))
      throw new TypeError("progress takes finite numbers")
    open ??= `${EVENT}{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${JSON.stringify(token)},"progress":`
    if (pending === "") queueMicrotask(flush)
    pending += `${open}${progress},"total":${total}}}\n\n`
  }
  const finish = (body) => {
    if (pending === "" && !res.headersSent) return false
    pending += `${EVENT}${body}\n\n`
    flush()
    res.end()
    return true
  }
  return { report, finish }
}

async function call({ id, params }, res) {
  const tool = typeof params.name === "string" ? tools.get(params.name) : undefined
  if (tool === undefined) return fail(res, [200, invalid(`No tool named \`${params.name}\``, -32602)], id)
  const args = params.arguments ?? {}
  if (!isRecord(args)) return fail(res, [200, invalid("`arguments` must be an object", -32602)], id)
  const issues = tool.validate(args)
  const events = reporter(res, params._meta.progressToken)
  let result
  try {
    result = issues
      ? { ...text(ajv.errorsText(issues)), isError: true }
      : await tool.handler(args, events.report)
  } catch (error) {
    result = { ...text(String(error)), isError: true }
  }
  const body = JSON.stringify({ jsonrpc: "2.0", id, result })
  if (!events.finish(body)) send(res, 200, body)
}

function dispatch(bytes, req, res) {
  let message
  try {
    message = JSON.parse(bytes)
  } catch {
    return fail(res, [400, invalid("Not JSON", -32700)])
  }
  if (isRecord(message) && message.id === undefined && typeof message.method === "string") {
    return res.writeHead(202).end()
  }
  const wrong = check(message, req.headers)
  if (wrong !== undefined) return fail(res, wrong, message?.id)
  const wrap = (json) =>
    send(res, 200, `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":${json}}`)
  if (message.method === "tools/call") return void call(message, res)
  if (message.method === "tools/list") return wrap(toolsJson)
  if (message.method === "server/discover") return wrap(discoverJson)
  return fail(res, [404, invalid("Method not found", -32601)], message.id)
}

const server = http.createServer((req, res) => {
  req.on("error", () => res.destroy())
  res.on("error", () => res.destroy())
  const refusal = refuse(req)
  if (refusal !== undefined) return fail(res, refusal)
  const chunks = []
  let size = 0
  req.on("data", (chunk) => {
    size += chunk.length
    if (size > BODY_LIMIT) {
      fail(res, [413, invalid("Body too large")])
      return req.destroy()
    }
    chunks.push(chunk)
  })
  req.on("end", () =>
    dispatch((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString(), req, res),
  )
})
server.on("clientError", (_error, socket) => socket.destroy())

listen(server, { wire: PROTOCOL })
