import type { Reply } from "../protocol/transport.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { HttpChannel } from "./channel.ts"

/** A path where messages are served, by which methods, and what serves them. */
export interface Place {
  /** The path, which is matched whole. */
  readonly path: string
  /** The methods of HTTP. */
  readonly methods: readonly string[]
  /** What serves them. */
  readonly handler: HttpHandler
}

/** Serves what reaches a place: a `MessageHandler`, or what brings it messages in another way. */
export interface HttpHandler {
  /** Answers a message that was sent with POST. */
  handle(message: unknown, channel: HttpChannel): MaybePromise<Reply>
  /** Serves the stream that GET opens, until it is over. Default: there is none. */
  listen?(channel: HttpChannel): MaybePromise<Reply>
  /** Ends what DELETE names. Default: there is nothing. */
  end?(channel: HttpChannel): MaybePromise<Reply>
}
