import { resolve } from "node:path"
import { OutdatedRuntime } from "../errors/cli.ts"
import { setHost } from "../shared/host.ts"
import { guardStdout } from "../stdio/guard-stdout.ts"
import type { Flags } from "./flags.ts"
import { loadServer } from "./load/load-server.ts"
import { packageVersion } from "./package-version.ts"
import { readEnvFile, type ShownSetting, settingsOf } from "./settings.ts"

/** How settings are printed. */
export interface PrintConfigOptions {
  readonly flags: Flags
  readonly envFile: string | undefined
  readonly json: boolean
}

/** Prints the settings in effect. */
export async function printConfig(target: string | undefined, options: PrintConfigOptions): Promise<void> {
  readEnvFile(options.envFile)
  // What the program prints is not what was asked for.
  const guard = guardStdout(() => undefined)
  const settings = target === undefined ? await ownSettings(options) : await settingsOfFile(target, options)
  guard.release()
  if (settings === undefined)
    throw new OutdatedRuntime(`The servers of ${target} have no settings.`, `fleetmcp ${packageVersion()}`)
  process.stdout.write(options.json ? `${JSON.stringify(settings, undefined, 2)}\n` : toTable(settings))
}

async function settingsOfFile(
  target: string,
  { flags }: PrintConfigOptions,
): Promise<readonly ShownSetting[] | undefined> {
  const { server, run, dispose } = await loadServer(target, { name: "fleetmcp config", flags })
  try {
    return settingsOf(server, run)
  } finally {
    await dispose()
  }
}

/** What a server in this folder would be told from outside. */
async function ownSettings({ flags }: PrintConfigOptions): Promise<readonly ShownSetting[] | undefined> {
  setHost({ name: "fleetmcp config", program: resolve("server"), flags })
  const { FleetMCP } = await import("../index.ts")
  return settingsOf(new FleetMCP("config"))
}

function toTable(settings: readonly ShownSetting[]): string {
  const rows = settings.map(({ name, env, value, source }) => [name, shown(value), source, env])
  const all = [["setting", "value", "from", "variable"], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  )
  return `${lines.join("\n")}\n`
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.join(", ")
  return value === undefined ? "-" : String(value)
}
