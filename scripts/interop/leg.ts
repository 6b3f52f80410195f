import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { isStateless } from "../../src/spec/revisions.ts"
import { root } from "../tools/run.ts"
import type { Check, Connection } from "./check.ts"
import { checks } from "./checks.ts"
import type { Client } from "./clients.ts"
import type { Runtimes } from "./install.ts"
import { Peer } from "./peer.ts"
import { Site } from "./site.ts"

/** One client, connected in one way. */
export interface Leg extends Pick<Connection, "revision" | "transport" | "isKnown"> {
  readonly name: string
  readonly client: Client
  readonly mode: string
  /** For the files of its server. */
  readonly folder: string
}

/** What came of a check: a problem, or a reason why the client was not asked, or neither. */
export interface Finding {
  readonly check: string
  readonly problem?: string
  readonly reason?: string
}

/** Asking for models and folders is deprecated, which is known here. */
const server = ["--no-deprecation", join(root, "interop/server.mjs")]

const token = "token-of-ada"

/** How long a leg may take in all, in milliseconds. */
const limitMs = 180_000

/** The ways to the server. Who is calling matters where there is no session to tell. */
const ways = [
  { way: "stdio", transport: "stdio", isKnown: false },
  { way: "http", transport: "http", isKnown: false },
  { way: "http with a token", transport: "http", isKnown: true },
] as const

/** Every client in each of its modes, over each way; `folder` is for the files of their servers. */
export function legsOf(clients: readonly Client[], folder: string): readonly Leg[] {
  return clients.flatMap((client) =>
    Object.entries(client.modes).flatMap(([mode, revision]) =>
      ways
        .filter(({ isKnown }) => !isKnown || isStateless(revision))
        .map(({ way, ...how }) => {
          const name = `${client.name} ${mode} ${way}`
          return { name, client, mode, revision, ...how, folder: join(folder, name.replaceAll(" ", "-")) }
        }),
    ),
  )
}

/** Asks one client everything, with a server of its own. */
export async function runLeg(leg: Leg, runtimes: Runtimes): Promise<readonly Finding[]> {
  const { client, folder, transport, isKnown, mode } = leg
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const site = new Site((port) => [...server, "http", folder, port, ...(isKnown ? [token] : [])])
  const unserved = transport === "http" ? await site.start().catch((error: Error) => error) : undefined
  if (unserved !== undefined) return [{ check: "is served", problem: unserved.message }]
  const peer = new Peer([runtimes[client.runtime], join(root, "interop/clients", client.program)])
  const target =
    transport === "http"
      ? { url: site.url, ...(isKnown && { headers: { Authorization: `Bearer ${token}` } }) }
      : { command: process.execPath, args: [...server, "stdio", folder] }
  const open = () => peer.ask("open", { mode, ...target })
  const connection: Connection = {
    ...leg,
    silent: client.silent,
    written: (file) => linesOf(join(folder, file)),
    async reconnect() {
      // What is broken already need not close well.
      await peer.ask("close").catch(() => undefined)
      await open()
    },
    ...(transport === "http" && { restart: () => site.restart() }),
  }
  const findings: Finding[] = []
  const late = setTimeout(() => peer.kill(), limitMs)
  try {
    await open()
    for (const check of checks) findings.push(await find(check, connection, { peer, client }))
  } catch (error) {
    findings.push({ check: "connects", problem: say(error) })
  }
  clearTimeout(late)
  if (!(await peer.end())) findings.push({ check: "ends", problem: "the client had to be killed" })
  if (await site.end()) findings.push({ check: "ends", problem: "the server had to be killed" })
  return findings
}

async function find(
  check: Check,
  connection: Connection,
  { peer, client }: { readonly peer: Peer; readonly client: Client },
): Promise<Finding> {
  const reason = client.cannot?.[check.name] ?? check.unless?.(connection)
  if (reason !== undefined) return { check: check.name, reason }
  try {
    await check.run(peer, connection)
    return { check: check.name }
  } catch (error) {
    return { check: check.name, problem: say(error) }
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n")
  } catch {
    // A server that had nothing to write made no file.
    return []
  }
}

function say(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
