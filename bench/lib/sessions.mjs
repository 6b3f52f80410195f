/** The session rows: how many a server opens in a second, and what one that does nothing weighs. */
import http from "node:http"
import { SMALL } from "./catalog.mjs"
import { median, quartiles } from "./stats.mjs"
import { startServer, stop } from "./targets.mjs"
import { INITIALIZED, initializeMessage } from "./wire.mjs"

const SERVERS = ["fleetmcp-session", "sdk-v1", "fastmcp", "fastmcp-python"]
const CONNECTIONS = 8
const WARM = 500
/** Below the cap of any server, so that all of them are still open at the end. */
const MEASURED = 2000
/** Who opens sessions more slowly is as good as stuck. */
const STUCK_MS = 60_000

export const SESSION_ROWS = {
  "sessions-4": { title: "sessions opened and left idle, 4 tools", tools: 4 },
  "sessions-104": { title: "sessions opened and left idle, 104 tools", tools: 104 },
}

/** Runs one row; resolves to the figures of each server by name. */
export async function runSessionRow({ tools }, { servers, forks }) {
  const names = SERVERS.filter((name) => servers === undefined || servers.includes(name))
  const trials = new Map(names.map((name) => [name, []]))
  const failures = new Map()
  for (let fork = 0; fork < forks; fork++) {
    for (const name of names) {
      if (failures.has(name)) continue
      try {
        trials.get(name).push(await trial(name, { ...SMALL, tools }))
      } catch (error) {
        failures.set(name, error.message)
      }
    }
  }
  const figures = (name) => {
    if (failures.has(name)) return { error: failures.get(name) }
    const all = (field) => trials.get(name).map((outcome) => outcome[field])
    const [opens, bytes] = [all("opensPerSecond"), all("bytes")]
    return { opensPerSecond: median(opens), bytesPerSession: median(bytes), spread: quartiles(opens) }
  }
  return Object.fromEntries(names.map((name) => [name, figures(name)]))
}

async function trial(name, size) {
  const target = await startServer(name, size)
  const signal = AbortSignal.timeout(STUCK_MS)
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  try {
    await open(target, { agent, signal }, WARM)
    const before = await target.memory()
    const started = performance.now()
    await open(target, { agent, signal }, MEASURED)
    const seconds = (performance.now() - started) / 1000
    const bytes = ((await target.memory()) - before) / MEASURED
    return { opensPerSecond: MEASURED / seconds, bytes }
  } finally {
    agent.destroy()
    await stop(target)
  }
}

/** Opens so many sessions, several at a time, each by its handshake of two messages. */
async function open(target, wiring, count) {
  let left = count
  const lane = async () => {
    while (left-- > 0) await handshake(target, wiring)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, lane))
}

async function handshake(target, wiring) {
  const opened = await post(target, wiring, { body: initializeMessage(target.wire) })
  const id = opened.headers["mcp-session-id"]
  if (opened.statusCode !== 200 || id === undefined)
    throw new Error(`no session: status ${opened.statusCode}`)
  const headers = { "Mcp-Session-Id": id, "MCP-Protocol-Version": target.wire }
  const accepted = await post(target, wiring, { body: INITIALIZED, headers })
  if (accepted.statusCode !== 202) throw new Error(`not initialized: status ${accepted.statusCode}`)
}

function post({ port, path }, wiring, { body, headers }) {
  const base = {
    "Content-Type": "application/json",
    Accept: "application/json, text/event-stream",
    "Content-Length": Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method: "POST",
      ...wiring,
      headers: { ...base, ...headers },
    }
    const request = http.request(options, (response) => {
      response.resume()
      response.once("end", () => resolve(response))
      response.once("error", reject)
    })
    request.once("error", ({ name, message }) =>
      reject(
        new Error(name === "AbortError" ? `no ${WARM + MEASURED} sessions in ${STUCK_MS / 1000} s` : message),
      ),
    )
    request.end(body)
  })
}
