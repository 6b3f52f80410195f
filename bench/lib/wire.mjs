/** The bytes of requests, and the reading of answers, in both wires that variants speak. */
import { META, PROTOCOL } from "./catalog.mjs"

const CLIENT_INFO = { name: "bench-client", version: "1.0.0" }
/** Every connection has its own id of constant width: some peers route answers by id within a session. */
const FIRST_ID = 1000

/** Gives the request bytes of each of `connections` lanes. */
export function prepare({ target, work, connections }) {
  return Array.from({ length: connections }, (_, lane) => {
    const { headers, params } = target.session ? legacy(target, work) : modern(work)
    return encode(target, headers, { jsonrpc: "2.0", id: FIRST_ID + lane, method: work.method, params })
  })
}

/** Parameters with the envelope of 2026-07-28. */
export function modernParams(params) {
  const _meta = { [META.version]: PROTOCOL, [META.clientInfo]: CLIENT_INFO, [META.capabilities]: {} }
  return { ...params, _meta }
}

function modern({ method, params, progress }) {
  const whole = modernParams(params)
  if (progress) whole._meta.progressToken = "progress-1"
  const headers = { "MCP-Protocol-Version": PROTOCOL, "Mcp-Method": method }
  if (params.name !== undefined) headers["Mcp-Name"] = params.name
  return { headers, params: whole }
}

function legacy({ session }, { params, progress }) {
  return {
    headers: session,
    params: progress ? { ...params, _meta: { progressToken: "progress-1" } } : params,
  }
}

function encode({ port, path }, extra, message) {
  const body = JSON.stringify(message)
  const headers = {
    Host: `127.0.0.1:${port}`,
    "User-Agent": "fleetmcp-bench",
    Accept: "application/json, text/event-stream",
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    ...extra,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`)
}

/** Splits a body, JSON or events, into its JSON-RPC messages. */
export function messagesOf(body) {
  if (body.startsWith("{")) return [JSON.parse(body)]
  const data = body.split("\n").filter((line) => line.startsWith("data:") && line.trim() !== "data:")
  return data.map((line) => JSON.parse(line.slice(5)))
}

/** Makes a check of the first answer: status, id, result, and what the work itself expects. */
export function verifier(work) {
  return ({ status, body }) => {
    const excerpt = `${status} ${body.slice(0, 300)}`
    if (status !== 200) throw new Error(`unexpected status: ${excerpt}`)
    const messages = messagesOf(body)
    const answer = messages.find((message) => message.id !== undefined && message.method === undefined)
    if (answer?.result === undefined || answer.result.isError) throw new Error(`no result: ${excerpt}`)
    const wrong = work.expect(answer.result, messages)
    if (wrong) throw new Error(`wrong answer (${wrong}): ${excerpt}`)
  }
}

export const INITIALIZED = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })

/** The message that opens a session. */
export function initializeMessage(wire) {
  const params = { protocolVersion: wire, capabilities: {}, clientInfo: CLIENT_INFO }
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })
}

/** The lines that open a session over stdio. */
export function legacyHello(wire) {
  return `${initializeMessage(wire)}\n${INITIALIZED}\n`
}

/** Opens a session as a client of the handshake era does and gives the headers that later requests need. */
export async function initialize({ port, path, wire }) {
  const url = `http://127.0.0.1:${port}${path}`
  const base = { "content-type": "application/json", accept: "application/json, text/event-stream" }
  const response = await fetch(url, { method: "POST", headers: base, body: initializeMessage(wire) })
  const answer = messagesOf(await response.text()).find(({ id }) => id === 1)
  if (!answer?.result) throw new Error(`initialize failed with ${response.status}: ${JSON.stringify(answer)}`)
  const session = { "MCP-Protocol-Version": answer.result.protocolVersion }
  const id = response.headers.get("mcp-session-id")
  if (id !== null) session["Mcp-Session-Id"] = id
  const accepted = await fetch(url, { method: "POST", headers: { ...base, ...session }, body: INITIALIZED })
  await accepted.arrayBuffer()
  return session
}
