import type { Connection, OpenOptions } from "../client/connection.ts"
import type { Target } from "../client/target.ts"
import type { KnownOptions, OptionKind } from "../components/options.ts"
import { InvalidOption } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { ServerLog } from "../server/server-log.ts"
import { revisions } from "../spec/revisions.ts"

/** What can be proxied: where a server is, several by name, or a connection that is open. */
export type ProxyTarget = Target | Connection

/** How servers elsewhere are offered as if they were here. */
export interface ProxyOptions
  extends Pick<
    OpenOptions,
    | "era"
    | "clientInfo"
    | "headers"
    | "fetch"
    | "token"
    | "authProvider"
    | "stderr"
    | "timeoutMs"
    | "maxTimeoutMs"
  > {
  /** Names the upstream in messages. Default: what it is reached by. */
  readonly name?: string
  /**
   * Whether each caller has sessions of its own at the upstream, or all share one. Share only where the upstream keeps
   * nothing of anybody. Default `caller`.
   */
  readonly identity?: "caller" | "shared"
  /** Headers of callers that go on to the upstream: none but these, by lower-case name. Default: none. */
  readonly forwardHeaders?: readonly string[]
  /** What becomes of lists while the upstream is down: its components are not there, or lists fail. Default `hide`. */
  readonly onDown?: "hide" | "fail"
  /** How long lists are kept, in milliseconds, where the upstream does not say less; 0: not at all. Default 300,000. */
  readonly cacheTtlMs?: number
  /** How long connecting may take, and reading a list, in milliseconds. Default 15,000. */
  readonly connectTimeoutMs?: number
  /** The most open connections. Default 1,000. */
  readonly maxConnections?: number
  /** How long a connection that nobody uses stays open, in milliseconds. Default 300,000. */
  readonly idleMs?: number
  /** How long a call waits for answers of a client without a session, in milliseconds. Default 600,000. */
  readonly parkedMs?: number
  /** The most calls that wait so. Default 1,000. */
  readonly maxParked?: number
  /** The most of one caller. Default 16. */
  readonly maxParkedPerPrincipal?: number
  /** Hears what is wrong with the upstream. Default: the standard error stream. */
  readonly log?: ServerLog
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly now?: () => number
  /** Numbers from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** The options of `proxy()`. */
export const proxyOptions: KnownOptions = {
  kinds: {
    era: ["auto", "session", "stateless", ...revisions],
    clientInfo: "object",
    headers: "object",
    fetch: "function",
    token: "function",
    authProvider: "object",
    stderr: "any",
    timeoutMs: "ms",
    maxTimeoutMs: "ms",
    name: "string",
    identity: ["caller", "shared"],
    forwardHeaders: "strings",
    onDown: ["hide", "fail"],
    cacheTtlMs: "size",
    connectTimeoutMs: "ms",
    maxConnections: "count",
    idleMs: "ms",
    parkedMs: "ms",
    maxParked: "count",
    maxParkedPerPrincipal: "count",
    log: "function",
    now: "function",
    random: "function",
  } satisfies { readonly [name in keyof ProxyOptions]-?: OptionKind },
  foreign: {
    mode: "Use `era`.",
    cache_ttl: "Use `cacheTtlMs`, in milliseconds.",
    cacheTtl: "Use `cacheTtlMs`, in milliseconds.",
    timeout: "Use `timeoutMs`, in milliseconds.",
    provider_error_strategy: "Use `onDown`.",
    forward_incoming_headers: "Use `forwardHeaders`, a list of names.",
    prefix: "Give it to the mount: `mcp.mount(proxy(…), { prefix })`.",
    namespace: "Give the mount a `prefix`.",
  },
}

/** Headers that belong to one connection, which must not pass from one to another. */
const ownHeaders =
  /^(mcp-.*|host|content-.*|accept(-.*)?|connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*|expect|last-event-id|origin|referer|sec-.*)$/

/**
 * Reads which headers of callers go on.
 *
 * @throws {InvalidOption} One of them belongs to the connection.
 */
export function forwardedNames({ forwardHeaders = [] }: ProxyOptions): readonly string[] {
  return forwardHeaders.map((given) => {
    const name = given.toLowerCase()
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !ownHeaders.test(name)) return name
    const fix = "Leave it out: each connection has its own."
    throw new InvalidOption("`forwardHeaders` of `proxy()`", `\`${given.slice(0, 100)}\``, fix)
  })
}

/** Whether somebody opened it already. */
export function isConnection(target: ProxyTarget): target is Connection {
  return isObject(target) && typeof target.request === "function" && typeof target.onClose === "function"
}
