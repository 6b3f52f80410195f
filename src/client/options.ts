import type { Implementation } from "@modelcontextprotocol/client"
import { assertOptions, type OptionKind } from "../components/options.ts"
import { loggingLevels } from "../protocol/logging-level.ts"
import type {
  LoggingLevel,
  LoggingMessageNotificationParams,
  ProgressNotificationParams,
} from "../spec/index.ts"
import { revisions } from "../spec/revisions.ts"
import type { OpenOptions } from "./connection.ts"
import type { ReconnectOptions } from "./link.ts"
import type { StderrOption } from "./node-stdio.ts"
import type { QuestionHandlers } from "./questions.ts"
import type { CacheOptions } from "./response-cache.ts"
import type { Json, PeerNotification } from "./rpc.ts"
import type { Verdict } from "./verdicts.ts"

/** What makes results of a type that only an extension knows. */
export interface ClientPlugin {
  /** What it is, for people. */
  readonly name: string
  /** By `resultType`: makes a result of the method's own shape. */
  readonly resultTypes: { readonly [type: string]: (result: Json) => object | Promise<object> }
  /** What the client says it can do by it, under `extensions`. Default: nothing. */
  readonly extensions?: { readonly [id: string]: object }
}

/** How a client is connected. Every option has a default. */
export interface ClientOptions extends QuestionHandlers {
  readonly era?: OpenOptions["era"]
  readonly clientInfo?: Implementation | undefined
  /** What the client says it can do, beyond what follows from its handlers. */
  readonly capabilities?: Json | undefined
  /** HTTP headers of every request. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Sends HTTP requests. Default: the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Gives the bearer token of each HTTP request. */
  readonly token?: (() => Promise<string>) | undefined
  /** Handed to the SDK: its way of signing in. */
  readonly authProvider?: OpenOptions["authProvider"]
  /** How long a server may be silent, in milliseconds; progress starts the time anew. Default 60,000. */
  readonly timeoutMs?: number | undefined
  /** How long one request may take in all. Default 3,600,000. */
  readonly maxTimeoutMs?: number | undefined
  /** What becomes of the standard error of programs. Default `inherit`. */
  readonly stderr?: StderrOption | undefined
  /** Hears how far calls are; without it servers are not asked to tell. */
  readonly onProgress?: ((progress: ProgressNotificationParams) => void) | undefined
  /** Hears log messages. */
  readonly onLog?: ((message: LoggingMessageNotificationParams) => void) | undefined
  /** The least severe level to be logged. Default: `info` with `onLog`, else nothing. */
  readonly logLevel?: LoggingLevel | undefined
  /** Hears which list has changed. */
  readonly onListChanged?: ((list: "tools" | "resources" | "prompts") => void) | undefined
  /** Hears all other notifications. */
  readonly onNotification?: ((notification: PeerNotification) => void) | undefined
  /** How many rounds of questions one request may take. Default 10. */
  readonly maxRounds?: number | undefined
  /** Whether structured content must fit the output schema of its tool. Default `true`. */
  readonly validateOutputs?: boolean | undefined
  /** Where results are kept that servers allow to be kept; `false`: nowhere. Default: memory of this client. */
  readonly cache?: CacheOptions | false | undefined
  /** Fingerprints by `tool:name`, `resource:uri`, `template:uri` and `prompt:name`; what is another is refused. */
  readonly pins?: { readonly [key: string]: string } | undefined
  /** How a lost connection is opened again; `false`: it is not. */
  readonly reconnect?: ReconnectOptions | false | undefined
  /** How often sessions are pinged, in milliseconds. Default: never. */
  readonly keepAliveMs?: number | undefined
  /** What an earlier `client.discovery` was: connects without a question. For one server. */
  readonly priorDiscover?: Verdict | undefined
  /** What knows results of extensions. */
  readonly plugins?: readonly ClientPlugin[] | undefined
  /** Gives connecting up. */
  readonly signal?: AbortSignal | undefined
}

/** What can be said of one request. */
export interface RequestOptions {
  /** Gives the request up; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** How long the server may be silent. Default: the client's. */
  readonly timeoutMs?: number | undefined
  /** Hears how far it is. */
  readonly onProgress?: ((progress: ProgressNotificationParams) => void) | undefined
  /** Further keys of `_meta`. */
  readonly meta?: Json | undefined
}

/** What can be said of one call of a tool. */
export interface CallOptions extends RequestOptions {
  /** Whether a result that says that the call failed is thrown. Default `true`. */
  readonly throwOnError?: boolean | undefined
}

const kinds: { readonly [option in keyof ClientOptions]-?: OptionKind } = {
  era: ["auto", "stateless", "session", ...revisions],
  clientInfo: "object",
  capabilities: "object",
  headers: "object",
  fetch: "function",
  token: "function",
  authProvider: "object",
  timeoutMs: "size",
  maxTimeoutMs: "size",
  stderr: {
    holds: (value) => value === "inherit" || value === "ignore" || typeof value === "function",
    expected: "`inherit`, `ignore` or a function that takes lines",
  },
  elicitation: "function",
  sampling: "function",
  roots: {
    holds: (value) => typeof value === "function" || Array.isArray(value),
    expected: 'a list of folders such as `["file:///home/ada"]`, or a function',
  },
  onProgress: "function",
  onLog: "function",
  logLevel: loggingLevels,
  onListChanged: "function",
  onNotification: "function",
  maxRounds: "size",
  validateOutputs: "boolean",
  cache: {
    holds: (value) =>
      value === false || (typeof Object(value).partition === "string" && Object(value).storage !== undefined),
    expected: "`{ storage, partition }` or `false`",
  },
  pins: "object",
  reconnect: {
    holds: (value) => value === false || (typeof value === "object" && value !== null),
    expected: "`{ attempts, delayMs, maxDelayMs }` or `false`",
  },
  keepAliveMs: "size",
  priorDiscover: "object",
  plugins: { holds: (value) => Array.isArray(value), expected: "a list of plugins" },
  signal: "object",
}

/**
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertClientOptions(options: ClientOptions): void {
  assertOptions("`Client.connect()`", options, { kinds, foreign })
}

const foreign: { readonly [name: string]: string } = {
  transport: "Give the server itself, its URL or its command as the first argument.",
  timeout: "Use `timeoutMs`.",
  auth: "Use `token` or `authProvider`.",
  versionNegotiation: "Use `era`.",
  elicitationHandler: "Use `elicitation`.",
  samplingHandler: "Use `sampling`.",
  progressHandler: "Use `onProgress`.",
  logHandler: "Use `onLog`.",
  messageHandler: "Use `onNotification`.",
  listChanged: "Use `onListChanged`.",
  cachePartition: "Use `cache: { storage, partition }`.",
  responseCacheStore: "Use `cache: { storage, partition }`.",
}
