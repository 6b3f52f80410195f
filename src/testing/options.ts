import type { Dependency } from "../components/dependency.ts"
import { assertOptions, type OptionKind } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { Era } from "../protocol/era.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { loggingLevels } from "../protocol/logging-level.ts"
import { isPrincipal, type Principal } from "../protocol/principal.ts"
import { isMade } from "../server/lifespan-options.ts"
import type {
  ClientCapabilities,
  Implementation,
  LoggingLevel,
  LoggingMessageNotificationParams,
  ProgressNotificationParams,
} from "../spec/index.ts"
import { isStateless, type ProtocolRevision, revisions } from "../spec/revisions.ts"
import type { ElicitationHandler, RootsAnswer, SamplingHandler } from "./input.ts"

/** A notification as it came from the server. */
export interface Notification {
  /** The method, such as `notifications/tools/list_changed`. */
  readonly method: string
  /** Its parameters; empty without any. */
  readonly params: { readonly [name: string]: unknown }
}

/** What a client hears while its requests run. */
export interface Listeners {
  /** Hears how far a call is; without it the server is not asked to tell. */
  readonly onProgress?: (progress: ProgressNotificationParams) => void
  /** Hears log messages. */
  readonly onLog?: (message: LoggingMessageNotificationParams) => void
  /** Hears of all notifications that are neither progress nor log messages. */
  readonly onNotification?: (notification: Notification) => void
}

/** What can be said of a single request. */
export interface RequestOptions extends Listeners {
  /** Cancels the request when it is aborted; the request then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** The least severe level to be logged. Default: the client's. */
  readonly logLevel?: LoggingLevel
  /** On whose behalf. Default: the client's. */
  readonly principal?: Principal
  /** HTTP headers in place of the client's and of those that follow from the request; `undefined` leaves one out. */
  readonly headers?: { readonly [name: string]: string | undefined }
  /** Which version of a tool, resource or prompt is meant. Default: the highest. */
  readonly version?: string
  /** Further keys of the request's `_meta`. */
  readonly meta?: { readonly [key: string]: unknown }
}

/** How a client is connected. Every option has a default. */
export interface ConnectOptions extends Listeners {
  /** The wire dialect. Default `stateless`, unless `revision` is one with sessions. */
  readonly era?: Era
  /** The revision that is spoken. Default: the newest of the era. */
  readonly revision?: ProtocolRevision
  /** Whether requests and answers pass as JSON, as on every wire. `false` shares objects: for benchmarks. Default `true`. */
  readonly serialize?: boolean
  /** What the client says it is. */
  readonly clientInfo?: Implementation
  /** What the client says it can do, beyond what follows from its handlers; what is said here wins. */
  readonly capabilities?: ClientCapabilities
  /** Answers `ctx.elicit()` and `ctx.elicitUrl()`. */
  readonly elicitation?: ElicitationHandler
  /** Answers `ctx.sample()`. */
  readonly sampling?: SamplingHandler
  /** Answers `ctx.roots()`. */
  readonly roots?: RootsAnswer
  /**
   * What makes values in place of lifespans and dependencies of the server, until this client is closed; of one client at
   * a time. Default: none.
   */
  readonly dependencies?: Dependency | readonly Dependency[]
  /** How many rounds of input one request may take. Default 10. */
  readonly maxRounds?: number
  /** The least severe level to be logged. Default: `debug` with `onLog`, else nothing is logged to the client. */
  readonly logLevel?: LoggingLevel
  /** On whose behalf, as if an authenticator had said so. Default: nobody's. */
  readonly principal?: Principal
  /**
   * HTTP headers. When given, even empty, requests are checked as over HTTP: the headers that the protocol demands
   * follow from each request unless they are given here; `undefined` leaves one out.
   */
  readonly headers?: { readonly [name: string]: string | undefined }
}

const kinds: { readonly [option in keyof ConnectOptions]-?: OptionKind } = {
  era: ["stateless", "session"],
  revision: revisions,
  serialize: "boolean",
  clientInfo: "object",
  capabilities: "object",
  elicitation: "function",
  sampling: "function",
  roots: {
    holds: (value) => typeof value === "function" || (Array.isArray(value) && value.every(isRoot)),
    expected: 'a list of folders such as `["file:///home/ada"]`, or a function',
  },
  dependencies: { holds: isMade("dependency"), expected: "what `provide()` made, or a list of that" },
  maxRounds: "size",
  logLevel: loggingLevels,
  principal: {
    holds: isPrincipal,
    expected: "what `await createPrincipal(…)` gave",
  },
  headers: {
    holds: (value) => isObject(value) && Object.values(value).every(isHeader),
    expected: "an object of strings",
  },
  onProgress: "function",
  onLog: "function",
  onNotification: "function",
}

/**
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertConnectOptions(options: ConnectOptions): void {
  assertOptions("`connect()`", options, { kinds, foreign })
  const { era, revision } = options
  if (era === undefined || revision === undefined || (era === "stateless") === isStateless(revision)) return
  throw new InvalidOption(
    "The option `revision` of `connect()`",
    quoted(revision),
    `It is not of the era \`${era}\`; leave one of them out.`,
  )
}

function isRoot(value: unknown): boolean {
  return typeof value === "string" || (isObject(value) && typeof value.uri === "string")
}

function isHeader(value: unknown): boolean {
  return typeof value === "string" || value === undefined
}

const foreign: { readonly [name: string]: string } = {
  wire: "Use `serialize: false` to pass objects by reference.",
  as: "Use `principal`.",
  provide: "Use `dependencies`.",
  auth: "Use `principal`.",
  onElicitation: "Use `elicitation`.",
  elicitationHandler: "Use `elicitation`.",
  onSampling: "Use `sampling`.",
  samplingHandler: "Use `sampling`.",
  progressHandler: "Use `onProgress`.",
  logHandler: "Use `onLog`.",
  timeout: "Pass `signal: AbortSignal.timeout(ms)` to a request.",
}
