import type { SubscriptionFilter } from "../spec/index.ts"
import type { Values } from "./envelope.ts"
import type { RequestOptions } from "./options.ts"

/** What a client does in every era, in the words of one. */
export interface Dialect {
  /** Sends a request and gives its result. */
  request(method: string, params: Values, options?: RequestOptions): Promise<object>
  notify(method: string, params: Values): Promise<void>
  /** Hears of changes until it is closed. */
  listen(filter: SubscriptionFilter, options: RequestOptions): Promise<Subscription>
  /** Goes away. */
  close(): void
}

/** A `subscriptions/listen` stream that is open. */
export interface Subscription {
  /** What of the filter the server honors. */
  readonly honored: SubscriptionFilter
  /** Resolves when the stream has ended: to the server's last word, or to `undefined` when the client left. */
  readonly ended: Promise<object | undefined>
  /** Leaves the stream, and rejects with what a listener threw, if one did. */
  readonly close: () => Promise<void>
  /** The same as `close`, at the end of an `await using` block. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
