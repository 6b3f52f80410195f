/** The stdio rows, and the programs that speak it: one process for each, asked over its standard input. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { LEGACY_PROTOCOL, PROTOCOL, SMALL } from "./catalog.mjs"
import { compare, measure } from "./measure.mjs"
import { cpuOfPid } from "./proc.mjs"
import { python } from "./python.mjs"
import { legacyHello, modernParams } from "./wire.mjs"
import { add } from "./work.mjs"

/** Which program a variant runs and what it is spoken to in. */
const VARIANTS = {
  raw: { wire: PROTOCOL },
  "raw:2": { file: "raw", wire: PROTOCOL },
  fleetmcp: { wire: PROTOCOL },
  "fleetmcp-session": { file: "fleetmcp", wire: LEGACY_PROTOCOL },
  "fleetmcp-zod": { wire: PROTOCOL },
  "sdk-v2": { wire: LEGACY_PROTOCOL },
  "sdk-v1": { wire: LEGACY_PROTOCOL },
  fastmcp: { wire: LEGACY_PROTOCOL },
  tmcp: { wire: LEGACY_PROTOCOL },
  "fastmcp-python": { wire: LEGACY_PROTOCOL },
}
const REFERENCE = "raw"
const STUCK_MS = 60_000
/** Ids have a constant width, so that answers weigh the same. */
const FIRST_ID = 1000

export const STDIO_ROWS = {
  "stdio-1": { title: "tools/call over stdio, one after the other", inFlight: 1 },
  "stdio-64": { title: "tools/call over stdio, 64 in flight", inFlight: 64 },
}

/** Runs one row; resolves to the figures of each server by name. */
export async function runStdioRow({ inFlight }, { servers, builds = {}, ...options }) {
  const asked = (name) => name === REFERENCE || servers === undefined || servers.includes(name)
  const others = (servers ?? []).filter((name) => name.split(":")[1] in builds)
  const names = [...Object.keys(VARIANTS).filter((name) => name !== "fleetmcp-zod" && asked(name)), ...others]
  const results = await measure(() => openLanes(names, { inFlight, builds }), options)
  return Object.fromEntries(names.map((name) => [name, compare(results.get(name), results.get(REFERENCE))]))
}

async function openLanes(names, { inFlight, builds }) {
  const programs = []
  const lanes = []
  const failures = new Map()
  for (const name of names) {
    try {
      const program = startProgram(name, SMALL, builds[name.split(":")[1]])
      programs.push(program)
      await program.open(requestOf(program, FIRST_ID))
      lanes.push({ key: name, slice: (limits) => slice(program, inFlight, limits) })
    } catch (error) {
      failures.set(name, { error: error.message })
    }
  }
  return { lanes, failures, close: () => Promise.all(programs.map((program) => program.stop())) }
}

/** The line of a request for `work` in the words of the program's revision. */
export function requestOf({ wire }, id, { method, params } = add) {
  const own = wire === PROTOCOL ? modernParams(params) : params
  return `${JSON.stringify({ jsonrpc: "2.0", id, method, params: own })}\n`
}

/** Starts a program with a catalog of `size`. */
export function startProgram(name, size, dist) {
  const { file = name.split(":")[0], wire } = VARIANTS[name] ?? VARIANTS[name.split(":")[0]]
  const [command, path] = file.endsWith("-python")
    ? [python(), `../servers/${file}.py`]
    : [process.execPath, `../stdio/${file}.mjs`]
  const env = { ...process.env, NODE_ENV: "production", ...(dist && { FLEETMCP_DIST: dist }) }
  const args = [fileURLToPath(new URL(path, import.meta.url)), JSON.stringify({ port: 0, ...size })]
  return new Program(spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] }), wire)
}

/** A process that answers lines with lines. */
class Program {
  onLine = () => undefined
  #child
  #rest = ""
  #said = ""
  #fail = () => undefined

  constructor(child, wire) {
    this.wire = wire
    this.#child = child
    child.stdout.setEncoding("latin1").on("data", (chunk) => this.#read(chunk))
    child.stderr.on("data", (chunk) => {
      this.#said = (this.#said + chunk).slice(-2000)
    })
    // A program that is gone breaks the pipe; its end says so.
    child.stdin.on("error", () => undefined)
    const end = (why) =>
      this.#fail(new Error(`the program ended: ${why}; ${this.#said.trim().split("\n")[0]}`))
    child.on("error", ({ message }) => end(message))
    child.on("exit", (code, signal) => end(signal ?? code))
  }

  get pid() {
    return this.#child.pid
  }

  write(text) {
    this.#child.stdin.write(text)
  }

  /** Resolves to the answer of the first request, before which an older revision wants a handshake. */
  async open(request) {
    const hello = this.wire === PROTOCOL ? "" : legacyHello(this.wire)
    const line = await this.settle((resolve) => {
      this.onLine = (text) => text.includes(`"id":${FIRST_ID}`) && resolve(text)
      this.write(hello + request)
    })
    return JSON.parse(Buffer.from(line, "latin1").toString())
  }

  /** Runs what ends by itself, unless the program ends or says nothing for too long. */
  async settle(work, ms = STUCK_MS) {
    let timer
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error("no answer")), ms)
        this.#fail = reject
        work(resolve)
      })
    } finally {
      clearTimeout(timer)
      this.#fail = () => undefined
      this.onLine = () => undefined
    }
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined)
      return
    const gone = once(this.#child, "exit")
    this.#child.kill("SIGKILL")
    await gone
  }

  #read(chunk) {
    const lines = (this.#rest + chunk).split("\n")
    this.#rest = lines.pop()
    for (const line of lines) this.onLine(line)
  }
}

/** Repeats the request with `inFlight` ids until `ms` have passed or `limit` answers came, and waits for the rest. */
async function slice(program, inFlight, { ms, limit = Number.POSITIVE_INFINITY }) {
  const requests = new Map()
  for (let lane = 0; lane < inFlight; lane++)
    requests.set(String(FIRST_ID + lane), requestOf(program, FIRST_ID + lane))
  const first = await program.settle((resolve) => {
    program.onLine = resolve
    program.write(requests.get(String(FIRST_ID)))
  })
  const wrong = add.expect(JSON.parse(first).result ?? {})
  if (wrong) throw new Error(`wrong answer (${wrong}): ${first.slice(0, 300)}`)
  const cpu = cpuOfPid(program.pid)
  const outcome = await program.settle(
    (resolve) => drive(program, { requests, ms, limit, size: first.length }, resolve),
    ms + STUCK_MS,
  )
  return { ...outcome, cpu: cpuOfPid(program.pid) - cpu }
}

function drive(program, { requests, ms, limit, size }, resolve) {
  const started = performance.now()
  let open = requests.size
  let answers = 0
  let errors = 0
  let next = ""
  const flush = () => {
    program.write(next)
    next = ""
  }
  program.onLine = (line) => {
    const request = requests.get(/"id":(\d+)/.exec(line)?.[1])
    // Notifications are none of ours.
    if (request === undefined) return
    answers++
    if (line.length !== size) errors++
    if (answers >= limit || performance.now() - started >= ms) {
      open--
      if (open === 0) resolve({ requests: answers, errors, ms: performance.now() - started })
      return
    }
    if (next === "") queueMicrotask(flush)
    next += request
  }
  program.write([...requests.values()].join(""))
}
