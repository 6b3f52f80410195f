import type { OptionTest } from "../components/option-kinds.ts"
import type { KnownOptions, OptionKind } from "../components/options.ts"
import type { Sessions } from "../protocol/session/session.ts"
import type { CorsOptions } from "./cors.ts"
import { type GuardOptions, hostName } from "./guard.ts"
import type { Routes } from "./router.ts"

/** How a server is offered over HTTP. */
export interface HttpOptions extends GuardOptions {
  /** The path of the MCP endpoint. Default `/mcp`. */
  readonly path?: string | undefined
  /** The largest body taken, in bytes, by routes too. Default 4 MiB. */
  readonly bodyLimit?: number | undefined
  /** How many requests to the endpoint may be under way at once; more get 503. Default 10,000. */
  readonly maxRequests?: number | undefined
  /**
   * Where the sessions of clients that speak 2025-11-25 or older live. `"none"` serves them without, for hosts that start
   * anew for every request; they can then be asked nothing, and hear of no changes. Default `"memory"`.
   */
  readonly sessions?: "memory" | "none" | Sessions | undefined
  /**
   * Serves the HTTP+SSE of 2024-11-05 too, for clients that know nothing else. Default: off.
   *
   * @deprecated Point clients at the MCP endpoint, which speaks Streamable HTTP.
   */
  readonly legacySse?: LegacySseOptions | boolean | undefined
  /** Lets pages of other origins call. Default: off. */
  readonly cors?: CorsOptions | boolean | undefined
  /** Milliseconds between comments that keep quiet streams open. Default 15,000. */
  readonly keepAliveMs?: number | undefined
  /**
   * Answers `GET /health`, to any host: with 200, or 503 where requests would not be served. Default `true`; a string is
   * another path.
   */
  readonly health?: boolean | string | undefined
  /** Further routes, such as `"GET /metrics": handler`. */
  readonly routes?: Routes | undefined
  /** The URL under which clients see the server, where a proxy changes it: `https://mcp.example.com`. */
  readonly publicUrl?: string | undefined
  /** How long clients may take. */
  readonly timeouts?: HttpTimeouts | undefined
}

/** Where the HTTP+SSE of 2024-11-05 is served. */
export interface LegacySseOptions {
  /** The path of the event stream, opened with GET. Default `/sse`. */
  readonly path?: string | undefined
  /** The path that messages are sent to with POST. Default `/messages`. */
  readonly messages?: string | undefined
}

/** How long clients may take, in milliseconds. All but `send` need a server of ours: `mcp.run()`. */
export interface HttpTimeouts {
  /** For the head of a request. Default 15,000. */
  readonly head?: number | undefined
  /** For a whole request, body included. Default 60,000. */
  readonly request?: number | undefined
  /** Between requests on one connection. Default 30,000. */
  readonly idle?: number | undefined
  /**
   * Without taking anything of an answer that waits for them. Default 30,000. Over `fetch` it holds for event streams
   * alone, looked at every `keepAliveMs`: whole answers are written by the runtime.
   */
  readonly send?: number | undefined
}

type Table<Options> = { readonly [name in keyof Options]-?: OptionKind }

const originList = 'a list of origins such as `["https://app.example.com"]`, without the default port'

const cors: Table<CorsOptions> = {
  origins: {
    holds: (value) => value === "*" || isOrigins(value),
    expected: `${originList}, or \`"*"\` for all`,
  },
  allowHeaders: {
    holds: (value) => Array.isArray(value) && value.every(isHeaderName),
    expected: "a list of header names",
  },
  maxAge: "size",
}

const timeouts: Table<HttpTimeouts> = { head: "ms", request: "ms", idle: "ms", send: "ms" }

const path = { holds: isPath, expected: "a path that starts with `/`, without a query" }

const legacySse: Table<LegacySseOptions> = { path, messages: path }

/** What says where the server is, and what settings say too. */
export const placeOptions: { readonly [name in "hosts" | "origins" | "path" | "publicUrl"]: OptionTest } = {
  hosts: {
    holds: (value) => Array.isArray(value) && value.every(isHost),
    expected: 'a list of host names such as `["mcp.example.com"]`, without `https://`',
  },
  origins: {
    holds: isOrigins,
    expected: `${originList}, without a path`,
  },
  path,
  publicUrl: {
    holds: (value) => typeof value === "string" && URL.canParse(value) && /^https?:\/\//.test(value),
    expected: "a URL such as `https://mcp.example.com`",
  },
}

const kinds: Table<HttpOptions> = {
  ...placeOptions,
  bodyLimit: "count",
  maxRequests: "count",
  sessions: {
    holds: (value) => value === "memory" || value === "none" || isSessions(value),
    expected: '`"memory"`, `"none"`, or a `store` and a `link` such as `memorySessions()` makes',
  },
  legacySse: { kinds: legacySse, isFlag: true },
  cors: { kinds: cors, required: ["origins"], isFlag: true },
  keepAliveMs: "ms",
  health: {
    holds: (value) => typeof value === "boolean" || isPath(value),
    expected: "`true`, `false`, or a path that starts with `/`, without a query",
  },
  routes: "object",
  timeouts: { kinds: timeouts },
}

/** The options of `http`, what they hold, and what they are called elsewhere. */
export const httpOptions: KnownOptions = {
  kinds,
  foreign: {
    allowedHosts: "Use `hosts`.",
    allowedOrigins: "Use `origins`; `cors` also lets pages read answers.",
    enableDnsRebindingProtection: "Leave it out; hosts and origins are always checked.",
    endpoint: "Use `path`.",
    host: 'Say it to `mcp.run({ transport: "http", host })`.',
    port: 'Say it to `mcp.run({ transport: "http", port })`.',
    maxBodySize: "Use `bodyLimit`.",
    baseUrl: "Use `publicUrl`.",
    stateless: 'Use `sessions: "none"`.',
    sessionIdGenerator: "Leave it out; session ids are made for you. `sessions` says where they live.",
    eventStore: "Give a `link` in `sessions`.",
  },
}

function isSessions(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("store" in value) || !("link" in value)) return false
  return hasFunctions(value.store, storeMethods) && hasFunctions(value.link, linkMethods)
}

const storeMethods = ["create", "get", "update", "delete"]
const linkMethods = ["send", "subscribe", "keep", "since", "forget"]

function hasFunctions(value: unknown, names: readonly string[]): boolean {
  // Whatever it is, it is only asked for its members.
  const members = value as { readonly [name: string]: unknown } | null | undefined
  return names.every((name) => typeof members?.[name] === "function")
}

function isPath(value: unknown): boolean {
  return typeof value === "string" && /^\/[^\s?#]*$/.test(value)
}

function isHost(value: unknown): boolean {
  return value === "*" || (typeof value === "string" && hostName(value) !== undefined)
}

function isOrigins(value: unknown): boolean {
  return Array.isArray(value) && value.every(isOrigin)
}

/** What browsers send as `Origin`. With a path or the usual port none would ever be equal to it. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== "string") return false
  if (!/^https?:/i.test(value)) return /^(?:\*|null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+)$/i.test(value)
  return URL.canParse(value) && new URL(value).origin === value.toLowerCase()
}

function isHeaderName(value: unknown): boolean {
  return typeof value === "string" && /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(value)
}
