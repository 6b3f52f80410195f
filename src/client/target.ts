import { WrongServers } from "../errors/client.ts"
import { InvalidTarget } from "../errors/dialogue.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { clip } from "../shared/clip.ts"
import type { ServerTarget } from "./memory-carrier.ts"
import type { CommandTarget } from "./node-stdio.ts"

/** A server that is reached by HTTP. */
export interface UrlTarget {
  /** Its MCP endpoint. */
  readonly url: string | URL
  /** HTTP headers of every request. Default: none. */
  readonly headers?: { readonly [name: string]: string } | undefined
}

/** Servers by name, as the files of other hosts have them. */
export interface ServersTarget {
  readonly mcpServers: { readonly [name: string]: CommandTarget | UrlTarget | ServerTarget }
}

/** Where a server is: itself, a URL, a command, the path of a script or of a file of JSON, or several by name. */
export type Target = ServerTarget | URL | string | UrlTarget | CommandTarget | ServersTarget

/** One server, and how it is reached. */
export type Place =
  | { readonly kind: "server"; readonly server: ServerTarget }
  | { readonly kind: "url"; readonly url: URL; readonly headers: { readonly [name: string]: string } }
  | ({ readonly kind: "command" } & CommandTarget)

/** A place, and what a configuration says of it. */
export interface FoundPlace {
  readonly name?: string
  readonly place: Place
  /** The entry of a configuration as it is written. */
  readonly entry?: object
}

/** The most servers of one configuration. */
const mostServers = 1_000

/**
 * Finds out where servers are: one without a name, or several by name.
 *
 * @throws {InvalidTarget} It is nothing that can be connected to.
 * @throws {WrongServers} It names servers in a way that cannot be read.
 */
export async function toPlaces(target: Target): Promise<readonly FoundPlace[]> {
  if (typeof target === "string" && !/^https?:\/\//i.test(target)) return placesOfFile(target)
  if (isObject(target) && "mcpServers" in target) return placesOfConfig(target, "The configuration")
  return [{ place: toPlace(target) }]
}

async function placesOfFile(path: string): Promise<readonly FoundPlace[]> {
  if (/^[a-z][\w+.-]+:\/\//i.test(path))
    throw new InvalidTarget(path, "is no URL of HTTP", "Write it as `http://127.0.0.1:3000/mcp`.")
  const { readFileTarget } = await import("./node-files.ts")
  const found = await readFileTarget(path)
  if ("config" in found) return placesOfConfig(found.config, `\`${clip(path, 200)}\``)
  return [{ place: { kind: "command", ...found } }]
}

function placesOfConfig(config: unknown, what: string): readonly FoundPlace[] {
  const servers = isObject(config) ? config.mcpServers : undefined
  if (!isObject(servers)) throw new WrongServers(what, "has no `mcpServers`")
  const entries = Object.entries(servers)
  if (entries.length === 0 || entries.length > mostServers)
    throw new WrongServers(what, `names ${entries.length} servers, not 1 to ${mostServers}`)
  return entries.map(([name, server]) => {
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
      throw new WrongServers(
        what,
        `names a server \`${clip(name)}\`; letters, digits, \`-\`, \`_\` and \`.\` make a name`,
      )
    try {
      return { name, place: toPlace(server), entry: Object(server) as object }
    } catch (error) {
      throw new WrongServers(what, `says of \`${name}\` nothing that can be connected to`, error)
    }
  })
}

function toPlace(target: unknown): Place {
  if (typeof target === "string" || target instanceof URL) return urlPlace(target, undefined)
  if (isObject(target)) {
    if (typeof target.url === "string" || target.url instanceof URL)
      return urlPlace(target.url, target.headers)
    if (typeof target.command === "string") return commandPlace(target.command, target)
  }
  const { handler, start } = Object(target) as { readonly handler?: unknown; readonly start?: unknown }
  // `as`: what has both is a server, of this copy of the package or another.
  if (typeof handler === "object" && handler !== null && typeof start === "function")
    return { kind: "server", server: target as ServerTarget }
  throw new InvalidTarget(
    String(target),
    "is no server",
    "Give a `FleetMCP`, a URL, `{ command, args }`, a path, or `{ mcpServers }`.",
  )
}

function urlPlace(given: string | URL, headers: unknown): Place {
  const text = String(given)
  if (!URL.canParse(text))
    throw new InvalidTarget(text, "is no URL", "Write it as `http://127.0.0.1:3000/mcp`.")
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol))
    throw new InvalidTarget(text, "is no URL of HTTP", "Give its `http` URL.")
  if (url.username !== "" || url.password !== "") {
    url.username = url.password = ""
    throw new InvalidTarget(url.href, "has a name or password in it", "Send them by `headers`.")
  }
  return { kind: "url", url, headers: texts(headers, "headers") }
}

function commandPlace(command: string, { args, env, cwd }: { readonly [name: string]: unknown }): Place {
  if (args !== undefined && !(Array.isArray(args) && args.every((each) => typeof each === "string")))
    throw new InvalidTarget(command, "has `args` that are no texts", "Give a list of texts.")
  if (cwd !== undefined && typeof cwd !== "string")
    throw new InvalidTarget(command, "has a `cwd` that is no text", "Give the path of a folder.")
  return { kind: "command", command, args, env: texts(env, "env"), cwd }
}

function texts(value: unknown, field: string): { readonly [name: string]: string } {
  if (value === undefined) return {}
  if (isObject(value) && Object.values(value).every((each) => typeof each === "string"))
    return value as { readonly [name: string]: string } // by the line above
  throw new InvalidTarget(field, "is no object of texts", "Give texts by name.")
}
