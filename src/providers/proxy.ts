import { assertOptions } from "../components/options.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Provider } from "../server/provider.ts"
import { lazyProvider } from "./lazy-provider.ts"
import {
  forwardedNames,
  isConnection,
  type ProxyOptions,
  type ProxyTarget,
  proxyOptions,
} from "./proxy-options.ts"

export type { ProxyOptions, ProxyTarget } from "./proxy-options.ts"

/**
 * Offers servers elsewhere as if they were here: what they list and answer passes as it came, and what they ask goes to
 * the client that called, whichever revision each side speaks. Nothing is connected before it is needed.
 *
 * @param target A URL, `{ url, headers }`, `{ command, args, env, cwd }`, the path of a script or of a file with
 * `mcpServers`, `{ mcpServers }`, a server of this process, or an open connection. Several servers are each behind their
 * name; an entry may have `prefix`, `names`, `includeTags` and `excludeTags`, as a mount.
 * @param options `identity` `"caller"`, `forwardHeaders` none, `onDown` `"hide"`, `cacheTtlMs` 300,000, and more.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @see S28/basic/patterns/mrtr
 * @example
 * const mcp = new FleetMCP("Gateway")
 * mcp.mount(proxy("https://mcp.example.com/mcp"), { prefix: "up" })
 */
export function proxy(target: ProxyTarget, options: ProxyOptions = {}): Provider {
  assertOptions("`proxy()`", options, proxyOptions)
  forwardedNames(options)
  const name = options.name ?? nameOf(target)
  return lazyProvider({
    name,
    load: async () => (await import("./proxy-load.ts")).loadProxy(name, target, options),
    onLoaded: () => undefined,
  })
}

/** What messages call a target. */
function nameOf(target: ProxyTarget): string {
  if (target instanceof URL) return target.origin
  if (typeof target === "string") return URL.canParse(target) ? new URL(target).host || target : target
  if (!isObject(target)) return "upstream"
  if (isConnection(target)) return target.name
  const { command, url, mcpServers } = target as { readonly [field: string]: unknown }
  if (typeof command === "string") return command
  if (url !== undefined) return URL.canParse(String(url)) ? new URL(String(url)).host : "upstream"
  return isObject(mcpServers) ? Object.keys(mcpServers).slice(0, 5).join(", ") : "server of this process"
}
