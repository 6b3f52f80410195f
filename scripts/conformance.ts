/**
 * Runs the official conformance suite against servers written in the public API: `npm run conformance`, or some
 * legs by name: `npm run conformance -- server-2026-07-28`. There is no list of expected failures: a warning fails.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { connect as dial } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { end, freePort } from "./tools/child.ts"
import { findNewNode, findNode24 } from "./tools/new-node.ts"
import { capture, isMain, root } from "./tools/run.ts"

interface Leg {
  readonly name: string
  readonly revision: string
  /** Finds the Node of the server. */
  readonly node: () => Promise<string>
  /** Where the server keeps sessions. */
  readonly sessions: "memory" | "none"
  /** How many scenarios must run, and how many checks must succeed at least: a run of nothing is no success. */
  readonly minimum: { readonly scenarios: number; readonly successes: number }
  /** Scenarios of extensions, which run by name, each by itself. Default: all that the revision has. */
  readonly scenarios?: readonly string[]
  /** Scenarios that cannot apply, each with its reason. */
  readonly inapplicable: Readonly<Record<string, string>>
}

const cannotAsk = "without a session, the answer to a question finds nobody"
const cannotRemember = "without a session, nothing is remembered of a client"
const hasNone = "there is no session"

/** What revisions with sessions cannot do without them. All else must. */
const withoutSessions: Leg["inapplicable"] = {
  "server-session-lifecycle": hasNone,
  "server-sse-polling": hasNone,
  "server-sse-multiple-streams": hasNone,
  "logging-set-level": cannotRemember,
  "tools-call-with-logging": cannotRemember,
  "resources-subscribe": cannotRemember,
  "resources-unsubscribe": cannotRemember,
  "tools-call-sampling": cannotAsk,
  "tools-call-elicitation": cannotAsk,
  "elicitation-sep1034-defaults": cannotAsk,
  "elicitation-sep1330-enums": cannotAsk,
}

/** What the suite has of each revision: scenarios, checks, and those of them that are left without sessions. */
const revisions = [
  { revision: "2026-07-28", scenarios: 40, successes: 150, sessionless: 150 },
  { revision: "2025-11-25", scenarios: 33, successes: 83, sessionless: 51 },
  { revision: "2025-06-18", scenarios: 27, successes: 56, sessionless: 40 },
  { revision: "2025-03-26", scenarios: 1, successes: 3, sessionless: 0 },
]

const skills: Leg = {
  name: "server-skills",
  revision: "2026-07-28",
  node: () => Promise.resolve(process.execPath),
  sessions: "memory",
  scenarios: ["enumeration", "manifest", "directory"].map((part) => `sep-2640-skills-${part}`),
  minimum: { scenarios: 3, successes: 45 },
  inapplicable: {},
}

const ofRevisions: readonly Leg[] = revisions.flatMap(({ revision, scenarios, successes, sessionless }) => {
  const name = `server-${revision}`
  const usual = { revision, sessions: "memory", minimum: { scenarios, successes }, inapplicable: {} } as const
  const node = () => Promise.resolve(process.execPath)
  const inapplicable = revision === "2026-07-28" ? {} : withoutSessions
  const minimum = { scenarios, successes: sessionless }
  const none = { revision, name: `${name}-none`, node, sessions: "none", minimum, inapplicable } as const
  return [
    { ...usual, name, node },
    { ...usual, name: `${name}-node-24`, node: findNode24 },
    ...(sessionless > 0 ? [none] : []),
  ]
})

const legs: readonly Leg[] = [...ofRevisions, skills]

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
    console.log(
      `The words of suite and servers are in .cache/conformance/; its scenarios in its source, ${suite}.`,
    )
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

/** Counts the successes of a leg and names everything else. */
export function judge(
  leg: Pick<Leg, "minimum" | "inapplicable">,
  scenarios: ReadonlyMap<string, readonly Check[]>,
): { readonly passed: number; readonly problems: readonly string[] } {
  const { minimum, inapplicable } = leg
  const all = [...scenarios]
    .filter(([scenario]) => !(scenario in inapplicable))
    .flatMap(([scenario, checks]) => checks.map((check) => ({ scenario, ...check })))
  const passed = all.filter(({ status }) => status === "SUCCESS").length
  const problems = all
    .filter((check) => !isFine(check))
    .map(({ scenario, id, status, errorMessage = "" }) =>
      `${status} ${scenario}: ${id} ${errorMessage}`.trim(),
    )
  for (const scenario of Object.keys(inapplicable))
    if (hasPassed(scenarios.get(scenario) ?? [])) problems.push(`${scenario} applies after all: it passes`)
  if (scenarios.size < minimum.scenarios)
    problems.push(`only ${scenarios.size} of ${minimum.scenarios} scenarios ran`)
  if (passed < minimum.successes)
    problems.push(`only ${passed} of at least ${minimum.successes} checks succeeded`)
  return { passed, problems }
}

function hasPassed(checks: readonly Check[]): boolean {
  return checks.every(isFine) && checks.some(({ status }) => status === "SUCCESS")
}

function isFine({ status }: Check): boolean {
  return status === "SUCCESS" || status === "INFO"
}

/** Runs one leg and reads the checks of each scenario. */
async function run(leg: Leg, node: string): Promise<ReadonlyMap<string, readonly Check[]>> {
  const output = join(results, leg.name)
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  const port = await freePort()
  const log = join(output, "server.log")
  const file = openSync(log, "w")
  const server = spawn(await leg.node(), ["--import", "tsx", "test/conformance/server.ts"], {
    cwd: root,
    env: { ...process.env, PORT: String(port), SESSIONS: leg.sessions },
    stdio: ["ignore", file, file],
  })
  closeSync(file)
  try {
    await listening(server, port).catch((error: Error) =>
      stop(`${error.message}\n${readFileSync(log, "utf8")}`),
    )
    const url = `http://127.0.0.1:${port}/mcp`
    const choices = leg.scenarios?.map((scenario) => ["--scenario", scenario, "--force"]) ?? [
      ["--suite", "all"],
    ]
    let said = ""
    for (const choice of choices) {
      const common = ["--spec-version", leg.revision, "-o", output, "--timeout", "30000"]
      said += (await capture(node, [suite, "server", "--url", url, ...choice, ...common])).output
    }
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

/** Installs the suite in its own folder when it is missing; gives a Node that can run it. */
async function install(): Promise<string> {
  if (!existsSync(suite)) {
    // The suite runs on a Node of its own, which the Node that installs it need not be.
    const { code, output } = await capture("npm", ["ci", "--engine-strict=false", "--prefix", folder])
    if (code !== 0) stop(`npm ci in conformance/ failed:\n${output}`)
  }
  return findNewNode().catch((error: Error) => stop(error.message))
}

/** Waits until the server accepts connections; it has 20 seconds. */
async function listening(server: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    if (server.exitCode !== null)
      throw new Error(`The server ended with code ${server.exitCode} before it listened on port ${port}.`)
    if (await accepts(port)) return
    await sleep(50)
  }
  server.kill("SIGKILL")
  throw new Error(`The server does not listen on 127.0.0.1:${port} (the variable PORT).`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial({ port, host: "127.0.0.1" })
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
}

function stop(message: string): never {
  console.log(`${message}\n0 passed, 1 failed`)
  process.exit(1)
}
