import { readFile, stat } from "node:fs/promises"
import { extname } from "node:path"
import { WrongServers } from "../errors/client.ts"
import { InvalidTarget } from "../errors/dialogue.ts"
import { clip } from "../shared/clip.ts"
import type { CommandTarget } from "./node-stdio.ts"

/** What runs a script, by the end of its name. */
const runners: { readonly [extension: string]: readonly [command: string, ...args: string[]] } = {
  ".js": ["node"],
  ".mjs": ["node"],
  ".cjs": ["node"],
  ".ts": ["npx", "--no-install", "fleetmcp", "run"],
  ".mts": ["npx", "--no-install", "fleetmcp", "run"],
  ".py": ["python3"],
  ".rb": ["ruby"],
  ".sh": ["sh"],
}

/** The most bytes of a file that names servers. */
const mostBytes = 1_048_576

/** Reads what a path names: a script that is started, or a file of JSON that names servers. */
export async function readFileTarget(path: string): Promise<CommandTarget | { readonly config: unknown }> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !found.isFile())
    throw new InvalidTarget(path, "is no file", "Give a script, a file of JSON, a URL, or a server.")
  const extension = extname(path).toLowerCase()
  if (extension === ".json") return { config: await readConfig(path, found.size) }
  const [command, ...args] = runners[extension] ?? []
  if (command === undefined)
    throw new InvalidTarget(
      path,
      "is neither a script that is known nor a file of JSON",
      "Say what starts it: `{ command, args }`.",
    )
  return { command, args: [...args, path] }
}

async function readConfig(path: string, size: number): Promise<unknown> {
  const what = `\`${clip(path, 200)}\``
  if (size > mostBytes) throw new WrongServers(what, `has more than ${mostBytes} bytes`)
  try {
    return JSON.parse(await readFile(path, "utf8"))
  } catch (error) {
    throw new WrongServers(what, "is no JSON", error)
  }
}
