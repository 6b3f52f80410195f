import { MissingContextValue } from "../errors/server.ts"
import type { ValueKey } from "../protocol/call.ts"
import type { RequestId } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import type { StepInfo } from "../protocol/step.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import type { Schema } from "../schema/schema.ts"
import type {
  CallToolResult,
  ClientCapabilities,
  GetPromptResult,
  Implementation,
  LoggingLevel,
  ReadResourceResult,
  Root,
} from "../spec/index.ts"
import type { ProtocolRevision } from "../spec/revisions.ts"
import type { Filled, Form } from "./form.ts"
import type { Jsonify } from "./json-value.ts"
import type { Sampled, SampledData, SampleRequest } from "./sampling.ts"
import type { State, StateSessions } from "./state.ts"
import type { SessionVisibility } from "./visibility.ts"

/** A typed name for a value that middleware leaves and handlers take, made by {@link contextKey}. */
export type ContextKey<T> = ValueKey<T>

/**
 * Makes a key for {@link Context.get}, `set`, `require` and `use`.
 *
 * @param name Shown in the error when the value is missing.
 * @example
 * const user = contextKey<{ readonly email: string }>("user")
 * mcp.use({ callTool: (call, next) => (call.set(user, { email: "ada@example.com" }), next()) })
 * mcp.tool({ name: "whoami" }, (_, ctx) => ctx.require(user).email)
 */
export function contextKey<T>(name: string): ContextKey<T> {
  return Object.freeze({ name, missing: () => new MissingContextValue(name) })
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
   * What the session of this call sees of the server: hides tools, resources and prompts from it, and shows them again.
   *
   * @example
   * mcp.tool({ name: "leave_admin" }, (_, ctx) => ctx.visibility.hide({ tags: ["admin"] }))
   */
  readonly visibility: SessionVisibility
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
   * @param form A schema of an object, whose fields stand side by side, or of a single value; or choices: `["s", "l"]`
   * for one of them, `[["s", "l"]]` for several, `{ s: { title: "Small" } }` with titles.
   * @throws {NotAForm} It asks for more than a form can show.
   * @throws {MissingClientCapability} The client did not say that it can be asked.
   * @throws {InvalidAnswer} The answer does not fit.
   * @throws {Suspended} The call waits for the answer and runs again with it: let it pass.
   * @see S28/client/elicitation
   */
  readonly elicit: <const F extends Form>(
    message: string,
    form: F,
    options?: AskOptions,
  ) => Promise<Elicited<Filled<F>>>
  /**
   * Asks the person at the client for a yes. Gives `true` for a yes, `false` for whatever else was answered.
   *
   * @throws {MissingClientCapability} The client did not say that it can be asked.
   * @throws {Suspended} The call waits for the answer and runs again with it: let it pass.
   * @see S28/client/elicitation
   */
  readonly confirm: (message: string, options?: AskOptions) => Promise<boolean>
  /**
   * Asks the person at the client to visit a page; for secrets and payments.
   *
   * @throws {NotAWebPage} The URL is neither `https:` nor `http:`.
   * @throws {MissingClientCapability} The client did not say that it can be asked.
   * @throws {Suspended} The call waits for the answer and runs again with it: let it pass.
   * @see S28/client/elicitation
   */
  readonly elicitUrl: (message: string, url: string, options?: ElicitUrlOptions) => Promise<ElicitedUrl>
  /**
   * Asks the client's model, or the server's own where the option `sampling` has one.
   *
   * @param request The conversation, tools that the model may use, and what its answer is to be. A string is a
   * message of the user.
   * @throws {MissingClientCapability} The client did not say that it has a model, or that it knows tools.
   * @throws {UnusableSample} The answer does not fit `output`, not even when asked again.
   * @throws {Suspended} The call waits for the answer and runs again with it: let it pass.
   * @deprecated by the specification since 2026-07-28, in favour of calling a model's own API; works until it is removed.
   * @see S28/client/sampling
   */
  readonly sample: <const Output extends Schema | undefined = undefined>(
    request: string | SampleRequest<Output>,
    options?: AskOptions,
  ) => Promise<Sampled<SampledData<Output>>>
  /**
   * Asks for the folders the client works in.
   *
   * @deprecated by the specification since 2026-07-28, in favour of arguments and configuration; works until it is removed.
   */
  readonly roots: (options?: AskOptions) => Promise<readonly Root[]>
  /**
   * Does what must not be done twice: charges a card, sends a message. A handler that asks runs again from its
   * beginning, and then gets what the step gave. So does another process to which the client came back, where they
   * share an atomic storage.
   *
   * @param key Names the step within the call: 1 to 200 characters.
   * @param run Does it, and gives what JSON can say. It gets `idempotencyKey`, the same in every run, and a `signal`.
   * @throws {StepOutcomeUnknown} It was begun elsewhere and nobody knows how it ended. It is not done again.
   * @throws {ForkedStep} It was begun with other answers to the same questions.
   * @throws {RepeatedStep} The handler has another step of this key.
   * @throws {Suspended} The call waits for an answer: the next run does it.
   * @example
   * mcp.tool({ name: "pay" }, async (_, ctx) => {
   *   await ctx.elicit("Pay now?", z.object({}))
   *   return ctx.step("charge", ({ idempotencyKey }) => `charged under ${idempotencyKey}`)
   * })
   */
  readonly step: <T>(key: string, run: (step: StepInfo) => T) => Promise<Jsonify<Awaited<T>>>
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
   * Takes the value of a lifespan, or one that was left for this call, or throws an error that names what should be there.
   *
   * @throws {LifespanNotRun} FLEET-17: the server has no such lifespan, or is closed.
   * @throws {MissingContextValue} Nothing set it for this call.
   */
  readonly require: <T>(key: ContextKey<T>) => T
  /**
   * Takes what a dependency makes, which is made when it is first used, and given back with the call, its session or the
   * server; also what `require` takes.
   *
   * @throws {MissingDependency} Nothing makes it.
   * @throws {DependencyFailed} It could not be made.
   * @throws {CircularDependency} It is made of itself.
   * @throws {WrongScope} It is kept for a session, and there is none; or the call is over.
   */
  readonly use: <T>(key: ContextKey<T>) => Promise<T>
  /** Calls another tool of this server, as the same caller; `version` is the highest unless it is said. */
  readonly callTool: (
    name: string,
    args?: { readonly [name: string]: unknown },
    options?: { readonly version?: string },
  ) => Promise<CallToolResult>
  /** Reads another resource of this server, as the same caller. */
  readonly readResource: (uri: string) => Promise<ReadResourceResult>
  /** Gets another prompt of this server, as the same caller. */
  readonly getPrompt: (name: string, args?: { readonly [name: string]: string }) => Promise<GetPromptResult>
}

/** How a question to the client is asked. */
export interface AskOptions {
  /** Names the question, so that rewording it or asking it in another order changes nothing. */
  readonly key?: string
  /**
   * Whether the answer counts once: a client that sends it again is refused. Needs an atomic storage; sessions have no
   * need of it, since nobody can answer twice there. Default `false`.
   */
  readonly once?: boolean
}

/** How a person is asked to visit a page. */
export interface ElicitUrlOptions extends AskOptions {
  /** Names the visit to clients of 2025-11-25, for `mcp.elicitationComplete()`. Default: random. */
  readonly elicitationId?: string
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
  /**
   * Tells the client that what the person had to do there is done, while the call runs. Clients of 2025-11-25 want to
   * know; for others it does nothing.
   */
  readonly complete: () => void
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
