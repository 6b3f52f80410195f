import { type ChildProcess, spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { end } from "../tools/child.ts"
import { root } from "../tools/run.ts"
import type { Check, Connection } from "./check.ts"
import { checks } from "./checks.ts"
import type { Client } from "./clients.ts"
import type { Runtimes } from "./install.ts"
import { Peer } from "./peer.ts"

/** One client, connected in one way. */
export interface Leg extends Connection {
  readonly name: string
  readonly client: Client
  readonly mode: string
}

/** What came of a check: a problem, or a reason why the client was not asked, or neither. */
export interface Finding {
  readonly check: string
  readonly problem?: string
  readonly reason?: string
}

/** Asking for models and folders is deprecated, which is known here. */
const server = ["--no-deprecation", join(root, "interop/server.mjs")]

/** How long a leg may take in all, in milliseconds. */
const limitMs = 180_000

/** Every client in each of its modes, over stdio and HTTP; `folder` is for the files of their servers. */
export function legsOf(clients: readonly Client[], folder: string): readonly Leg[] {
  return clients.flatMap((client) =>
    Object.entries(client.modes).flatMap(([mode, revision]) =>
      (["stdio", "http"] as const).map((transport) => {
        const name = `${client.name} ${mode} ${transport}`
        return { name, client, mode, revision, transport, endings: join(folder, name.replaceAll(" ", "-")) }
      }),
    ),
  )
}

/** Asks one client everything, with a server of its own. */
export async function runLeg(leg: Leg, runtimes: Runtimes): Promise<readonly Finding[]> {
  writeFileSync(leg.endings, "")
  const served = leg.transport === "http" ? await serve().catch((error: Error) => error) : undefined
  if (served instanceof Error) return [{ check: "is served", problem: served.message }]
  const peer = new Peer([runtimes[leg.client.runtime], join(root, "interop/clients", leg.client.program)])
  const target = served
    ? { url: served.url }
    : { command: process.execPath, args: [...server, "stdio", leg.endings] }
  const findings: Finding[] = []
  const late = setTimeout(() => peer.kill(), limitMs)
  try {
    await peer.ask("open", { mode: leg.mode, ...target })
    for (const check of checks) findings.push(await find(check, leg, peer))
  } catch (error) {
    findings.push({ check: "connects", problem: say(error) })
  }
  clearTimeout(late)
  if (!(await peer.end())) findings.push({ check: "ends", problem: "the client had to be killed" })
  if (served) await end(served.child)
  if (served?.child.signalCode === "SIGKILL")
    findings.push({ check: "ends", problem: "the server had to be killed" })
  return findings
}

async function find(check: Check, leg: Leg, peer: Peer): Promise<Finding> {
  const reason = leg.client.cannot?.[check.name] ?? check.unless?.(leg)
  if (reason !== undefined) return { check: check.name, reason }
  try {
    await check.run(peer, leg)
    return { check: check.name }
  } catch (error) {
    return { check: check.name, problem: say(error) }
  }
}

async function serve(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [...server, "http"], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface(child.stdout)
  const url = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve)
    child.once("error", reject)
    child.once("close", (code) => reject(new Error(`The server ended with code ${code} before it listened.`)))
  })
  return { url, child }
}

function say(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
