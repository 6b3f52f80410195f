import { resolve } from "node:path"
import { loadEnvFile } from "node:process"
import { NoSuchFile } from "../errors/cli.ts"
import type { Setting } from "../settings/settings.ts"
import type { ServerLike } from "./load/server-like.ts"

/** Asks a server for its settings, and what its program told `mcp.run()` with them. Older ones have none to tell. */
export function settingsOf(
  server: Pick<ServerLike, "name">,
  run: object = {},
): readonly Setting[] | undefined {
  return (server as SettingsLike).settings?.(run)
}

/** A server may be of an older version, which has none. */
interface SettingsLike {
  settings?(run: object): readonly Setting[]
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
