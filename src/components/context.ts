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

/** A typed name for a value that middleware leaves and handlers take. */
export type ContextKey<T> = ValueKey<T>

/**
 * Makes a key for {@link Context.get}, `set` and `require`.
 *
 * @param name Shown in the error when the value is missing.
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
  /** Asks the person at the client to fill in a form. */
  readonly elicit: <S extends Schema>(
    message: string,
    schema: S,
    options?: AskOptions,
  ) => Promise<Elicited<InferOutput<S>>>
  /** Asks the person at the client to visit a page; for secrets and payments. */
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
  readonly request: RequestInfo
  readonly client: ClientInfo
  /** Who is calling, or `undefined` when nobody had to say. */
  readonly auth: Principal | undefined
  readonly get: <T>(key: ContextKey<T>) => T | undefined
  readonly set: <T>(key: ContextKey<T>, value: T) => void
  /** Takes a value or throws an error that names what should have set it. */
  readonly require: <T>(key: ContextKey<T>) => T
  /** Calls another tool of this server, as the same caller. */
  readonly callTool: (name: string, args?: { readonly [name: string]: unknown }) => Promise<CallToolResult>
  readonly readResource: (uri: string) => Promise<ReadResourceResult>
  readonly getPrompt: (name: string, args?: { readonly [name: string]: string }) => Promise<GetPromptResult>
}

export interface AskOptions {
  /** Names the question, so that rewording it or asking it in another order changes nothing. */
  readonly key?: string
}

/** What a person answered to a form. */
export type Elicited<T> =
  | { readonly action: "accept"; readonly data: T }
  | { readonly action: "decline" }
  | { readonly action: "cancel" }

export interface ElicitedUrl {
  readonly action: "accept" | "decline" | "cancel"
}

/** A sampling request; `maxTokens` defaults to 1,000. */
export type SampleRequest = Omit<CreateMessageRequestParams, "maxTokens" | "_meta"> & {
  readonly maxTokens?: number
}

/** Sends one log message; data may be any JSON value. */
export type LogFunction = (data: unknown, logger?: string) => void

export type ContextLog = { readonly [level in LoggingLevel]: LogFunction }

/** What is known of the request itself. */
export interface RequestInfo {
  readonly id: RequestId | undefined
  readonly revision: ProtocolRevision
  /** The HTTP headers, or `undefined` on other transports. */
  readonly headers: HeaderBag | undefined
  readonly meta: { readonly [key: string]: unknown } | undefined
  /** How many rounds of input came before this run: 0 at first. */
  readonly round: number
}

/** What the client says of itself. Never base a security decision on it. */
export interface ClientInfo {
  readonly info: Implementation | undefined
  readonly capabilities: ClientCapabilities
}
