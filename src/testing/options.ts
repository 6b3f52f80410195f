import { assertOptions } from "../components/options.ts"
import type { Principal } from "../protocol/principal.ts"
import type {
  ClientCapabilities,
  Implementation,
  LoggingLevel,
  LoggingMessageNotificationParams,
  ProgressNotificationParams,
} from "../spec/index.ts"
import type { ElicitationHandler, RootsAnswer, SamplingHandler } from "./input.ts"

/** A notification as it came from the server. */
export interface Notification {
  readonly method: string
  readonly params: { readonly [name: string]: unknown }
}

/** What a client hears while its requests run. */
export interface Listeners {
  readonly onProgress?: (progress: ProgressNotificationParams) => void
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
  /** The wire dialect. Default and only one so far: `stateless`, the revision 2026-07-28. */
  readonly era?: "stateless"
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

const known: { readonly [option in keyof ConnectOptions]-?: true } = {
  era: true,
  serialize: true,
  clientInfo: true,
  capabilities: true,
  elicitation: true,
  sampling: true,
  roots: true,
  maxRounds: true,
  logLevel: true,
  principal: true,
  headers: true,
  onProgress: true,
  onLog: true,
  onNotification: true,
}

/** @throws {UnknownOption} FLEET-09 */
export function assertConnectOptions(options: ConnectOptions): void {
  assertOptions("`connect()`", options, { names: Object.keys(known), foreign })
}

const foreign: { readonly [name: string]: string } = {
  wire: "Use `serialize: false` to pass objects by reference.",
  as: "Use `principal`.",
  auth: "Use `principal`.",
  onElicitation: "Use `elicitation`.",
  elicitationHandler: "Use `elicitation`.",
  onSampling: "Use `sampling`.",
  samplingHandler: "Use `sampling`.",
  progressHandler: "Use `onProgress`.",
  logHandler: "Use `onLog`.",
  timeout: "Pass `signal: AbortSignal.timeout(ms)` to a request.",
}
