import type { ValueKey } from "../protocol/call.ts"
import type { RequestId } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import type { InferOutput, Schema } from "../schema/schema.ts"
import type {
  CallToolResult,
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  GetPromptResult,
  Implementation,
  LoggingLevel,
  ReadResourceResult,
  Root,
} from "../spec/index.ts"
import type { ProtocolRevision } from "../spec/revisions.ts"
import type { State, StateSessions } from "./state.ts"

/** A typed name for a value that middleware leaves and handlers take, made by {@link contextKey}. */
export type ContextKey<T> = ValueKey<T>

/**
 * Makes a key for {@link Context.get}, `set` and `require`.
 *
 * @param name Shown in the error when the value is missing.
 * @example
 * const user = contextKey<{ readonly email: string }>("user")
 * mcp.use({ callTool: (call, next) => (call.set(user, { email: "ada@example.com" }), next()) })
 * mcp.tool({ name: "whoami" }, (_, ctx) => ctx.require(user).email)
 */
export function contextKey<T>(name: string): ContextKey<T> {
  return Object.freeze({ name })
}

/** What a handler gets besides its arguments: the call, and the way back to its client. */
export interface Context {
  /** Aborted when the client cancels or leaves, on time-out, shutdown and suspension; never after success. */
  readonly signal: AbortSignal
  /** Tells the client how far the work is. Does nothing if it did not ask to know. */
  readonly progress: (done: number, total?: number, message?: string) => void
  /** Sends log messages to the client, if it asked for them. */
  readonly log: ContextLog
  /**
   * Sends a notification of an extension ahead of the answer.
   *
   * @param params Default: none.
   * @throws {CannotNotify} No plugin lists it in its `clientNotifications`.
   * @throws {MissingClientCapability} The client does not know the extension.
   * @see SEP-2133
   */
  readonly notify: (method: string, params?: { readonly [name: string]: unknown }) => Promise<void>
  /**
   * What the server remembers between calls: for the session where there is one, else for the principal.
   *
   * @throws {NoState} There is neither.
   */
  readonly state: State
  /** The same under handles that clients pass with each call: for callers that nobody knows, or several at once. */
  readonly sessions: StateSessions
  /**
   * Lets the client's connection go while the call runs on, so that a long call holds none: the client comes back for
   * the rest. Only clients of 2025-03-26 to 2025-11-25 with a session over HTTP can; with others it does nothing.
   *
   * @param retryMs In how many milliseconds the client is to come back. Default 1,000.
   * @see S11/basic/transports#sending-messages-to-the-server
   */
  readonly closeStream: (retryMs?: number) => void
  /**
   * Asks the person at the client to fill in a form.
   *
   * @throws {NotAForm} The schema asks for more than a form can show.
   * @throws {MissingClientCapability} The client did not say that it can be asked.
   * @throws {InvalidAnswer} The answer does not fit the schema.
   * @throws {Suspended} The call waits for the answer and runs again with it: let it pass.
   * @see S28/client/elicitation
   */
  readonly elicit: <S extends Schema>(
    message: string,
    schema: S,
    options?: AskOptions,
  ) => Promise<Elicited<InferOutput<S>>>
  /**
   * Asks the person at the client to visit a page; for secrets and payments.
   *
   * @throws {NotAWebPage} The URL is neither `https:` nor `http:`.
   * @throws {MissingClientCapability} The client did not say that it can be asked.
   * @throws {Suspended} The call waits for the answer and runs again with it: let it pass.
   * @see S28/client/elicitation
   */
  readonly elicitUrl: (message: string, url: string, options?: AskOptions) => Promise<ElicitedUrl>
  /**
   * Asks the client's model.
   *
   * @deprecated by the specification since 2026-07-28; works until it is removed.
   */
  readonly sample: (request: string | SampleRequest, options?: AskOptions) => Promise<CreateMessageResult>
  /**
   * Asks for the folders the client works in.
   *
   * @deprecated by the specification since 2026-07-28; works until it is removed.
   */
  readonly roots: (options?: AskOptions) => Promise<readonly Root[]>
  /** The answers to an earlier `inputRequired()` of this call, by key; `undefined` on the first round. */
  readonly inputResponses: { readonly [key: string]: { readonly [name: string]: unknown } } | undefined
  /** The `state` that an earlier `inputRequired()` of this call left. */
  readonly inputState: unknown
  /** The request itself: id, revision, headers, `_meta`, round. */
  readonly request: RequestInfo
  /** What the client says of itself. */
  readonly client: ClientInfo
  /** Who is calling, or `undefined` when nobody had to say. */
  readonly auth: Principal | undefined
  /** Takes what was left under a key for this call, or `undefined`. */
  readonly get: <T>(key: ContextKey<T>) => T | undefined
  /** Leaves a value under a key for the rest of this call. */
  readonly set: <T>(key: ContextKey<T>, value: T) => void
  /**
   * Takes a value or throws an error that names what should have set it.
   *
   * @throws {MissingContextValue} Nothing set it for this call.
   */
  readonly require: <T>(key: ContextKey<T>) => T
  /** Calls another tool of this server, as the same caller. */
  readonly callTool: (name: string, args?: { readonly [name: string]: unknown }) => Promise<CallToolResult>
  /** Reads another resource of this server, as the same caller. */
  readonly readResource: (uri: string) => Promise<ReadResourceResult>
  /** Gets another prompt of this server, as the same caller. */
  readonly getPrompt: (name: string, args?: { readonly [name: string]: string }) => Promise<GetPromptResult>
}

/** How a question to the client is asked. */
export interface AskOptions {
  /** Names the question, so that rewording it or asking it in another order changes nothing. */
  readonly key?: string
}

/** What a person answered to a form. */
export type Elicited<T> =
  | { readonly action: "accept"; readonly data: T }
  | { readonly action: "decline" }
  | { readonly action: "cancel" }

/** What a person answered to a page that was to be visited. */
export interface ElicitedUrl {
  /** `accept` means that the person agreed to go there, not that anything is done. */
  readonly action: "accept" | "decline" | "cancel"
}

/** A sampling request; `maxTokens` defaults to 1,000. */
export type SampleRequest = Omit<CreateMessageRequestParams, "maxTokens" | "_meta"> & {
  readonly maxTokens?: number
}

/** Sends one log message; data may be any JSON value. */
export type LogFunction = (data: unknown, logger?: string) => void

/** Sends log messages to the client: a function for each level of RFC 5424, such as `ctx.log.info("done")`. */
export type ContextLog = { readonly [level in LoggingLevel]: LogFunction }

/** What is known of the request itself. */
export interface RequestInfo {
  /** The JSON-RPC id; `undefined` for a call of the own process. */
  readonly id: RequestId | undefined
  /** The revision of the protocol that the client speaks, such as `2026-07-28`. */
  readonly revision: ProtocolRevision
  /** What carries it: `http`, `stdio`, `sse`, `sdk`, `memory`; `undefined` for a call of the own process. */
  readonly transport: string | undefined
  /** The origin of the page that calls, where a browser does: `https://app.example.com`. */
  readonly origin: string | undefined
  /** The HTTP headers but for `credentials`, or `undefined` on other transports. */
  readonly headers: HeaderBag | undefined
  /** The HTTP headers by which callers prove who they are: `authorization`, `cookie`, `x-api-key` and the like. */
  readonly credentials: HeaderBag | undefined
  /** The `_meta` of the request. */
  readonly meta: { readonly [key: string]: unknown } | undefined
  /** How many rounds of input came before this run: 0 at first. */
  readonly round: number
}

/** What the client says of itself. Never base a security decision on it. */
export interface ClientInfo {
  /** Its name and version, if it says them. */
  readonly info: Implementation | undefined
  /** What it says it can do. */
  readonly capabilities: ClientCapabilities
}
