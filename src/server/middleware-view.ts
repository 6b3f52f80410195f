import type { Context } from "../components/context.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { Implementation } from "../spec/index.ts"
import type { StorageDriver } from "../storage/storage.ts"
import type { ChangeEvent } from "./events.ts"
import type { LifespanFunction } from "./lifespan-host.ts"
import type { Provider, Resolved } from "./provider.ts"
import type { ServerLog } from "./server-log.ts"
import type { ServerStats } from "./stats.ts"

/** A server, as far as middleware that it has may use it. */
export interface MiddlewareServer {
  /** What the server is. */
  readonly info: Implementation
  /** The server's own log. */
  readonly log: ServerLog
  /** Finds the tool, resource, template or prompt that a call is for; `undefined` where its caller can see none. */
  find(call: Call): MaybePromise<Resolved["component"] | undefined>
  /** Where its components come from: its own first. */
  readonly providers: readonly Provider[]
  /**
   * Calls a method as part of the call that a context is of, for the same caller, through middleware; gives its result.
   *
   * @throws {InProcessError} The context is of no call.
   */
  request(ctx: Context, method: string, params: Params): Promise<object>
  /**
   * Makes the outcome of a call as if its handler had thrown an error: logged whole, and told as far as a client may know.
   * Throws what the protocol must say instead.
   */
  fail(call: Call, error: unknown): MaybePromise<Outcome>
  /** Adds components. */
  provide(provider: Provider): void
  /** Gives a part of the server's storage, in which nothing else is. */
  storage(part: string): Promise<StorageDriver>
  /** Hears of changed lists and resources until what it returns is called. */
  onChange(hear: (event: ChangeEvent) => void): () => void
  /** Calls `end` when the server begins to close, until what it returns is called. */
  onClose(end: () => void): () => void
  /** Adds what starts before the first call and, by what it returns, ends after the last. */
  lifespan(start: LifespanFunction): void
  /** Counts of what the server has done and does: as `mcp.stats()`. */
  stats(): ServerStats
}
