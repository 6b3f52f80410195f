import { resolve } from "node:path"
import { loadEnvFile } from "node:process"
import { NoSuchFile } from "../errors/cli.ts"
import type { ServerLike } from "./load/server-like.ts"

/** A setting as it is in effect. */
export interface ShownSetting {
  readonly name: string
  readonly env: string
  readonly value: unknown
  readonly source: "code" | "flag" | "env" | "file" | "default"
}

/** Asks a server for its settings, and what its program told `mcp.run()` with them. Older ones have none to tell. */
export function settingsOf(
  server: Pick<ServerLike, "name">,
  run: object = {},
): readonly ShownSetting[] | undefined {
  return (server as SettingsLike).settings?.(run)
}

/** A server may be of an older version, which has none. */
interface SettingsLike {
  settings?(run: object): readonly ShownSetting[]
}

/**
 * Sets the variables of a file that the environment does not have.
 *
 * @throws {NoSuchFile} It is not there.
 */
export function readEnvFile(path: string | undefined): void {
  if (path === undefined) return
  try {
    loadEnvFile(resolve(path))
  } catch {
    // It is not there, or is no file.
    throw new NoSuchFile(path)
  }
}
