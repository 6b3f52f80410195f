import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { keepSessions, type SessionHandler, type SessionTransport } from "./keep-sessions.ts"
import * as parts from "./parts.ts"

/** The module of the folder, which TypeScript cannot look into before its packages are there. */
interface FirstSdk {
  open(shared: typeof parts, options: object): Promise<SessionTransport>
}

/** Serves sessions with the first official SDK, from a folder of its own, where it is installed if it is not. */
export async function createFirstSdkSessions(): Promise<SessionHandler> {
  const folder = fileURLToPath(new URL("../sdk-v1/", import.meta.url))
  if (!existsSync(`${folder}node_modules`))
    await promisify(execFile)("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund"])
  const module: FirstSdk = await import(new URL("../sdk-v1/server.js", import.meta.url).href)
  return keepSessions((options) => module.open(parts, options))
}
