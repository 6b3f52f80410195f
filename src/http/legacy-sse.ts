import { atExpiry } from "../protocol/at-expiry.ts"
import { errorToJson } from "../protocol/codec.ts"
import { MessageConnection } from "../protocol/message-connection.ts"
import { principalKey } from "../protocol/principal.ts"
import type { MessageHandler, Reply } from "../protocol/transport.ts"
import { warnDeprecated } from "../shared/deprecation.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import { randomText } from "../shared/random-text.ts"
import type { HttpChannel } from "./channel.ts"
import type { HttpHandler } from "./place.ts"

/** What HTTP+SSE needs of the endpoint beside which it is served. */
export interface LegacySseHost {
  readonly handler: MessageHandler
  /** How many streams may be open at once. */
  readonly maxStreams: number
  /** For how long a stream may be open before a session is, in milliseconds. */
  readonly openMs: number
  /** Logs an error and returns the id under which it stands in the log. */
  readonly report: (error: unknown, doing: string) => string
}

/** {@link LegacySseHost}, and the options, all of them set. */
interface LegacySseParts extends LegacySseHost {
  readonly path: string
  readonly messages: string
}

/** An open stream: the half of a connection on which the client listens. */
interface OpenStream {
  /** The `Principal.key` of who opened it; to anybody else it does not exist. */
  readonly owner: string
  readonly connection: MessageConnection
}

/** The open streams of each server, by their ids: they outlive the endpoint, which a new route replaces. */
const streamsOf: WeakMap<MessageHandler, Map<string, OpenStream>> = /* @__PURE__ */ new WeakMap()

/**
 * Serves HTTP+SSE: an event stream that says where to send messages, and carries the answers to them. Each stream is a
 * connection with a session of its own, as on stdio.
 *
 * @see S24/basic/transports#http-with-sse
 */
export class LegacySse implements HttpHandler {
  readonly #parts: LegacySseParts
  readonly #streams: Map<string, OpenStream>

  constructor(parts: LegacySseParts) {
    warnDeprecated(
      "`http.legacySse`",
      "Point clients at the MCP endpoint, which speaks Streamable HTTP.",
      "2025-03-26",
    )
    this.#parts = parts
    this.#streams = streamsOf.get(parts.handler) ?? new Map()
    streamsOf.set(parts.handler, this.#streams)
  }

  /**
   * Opens a stream, and serves it to its end.
   *
   * @throws {ServerClosed}
   */
  listen(channel: HttpChannel): Reply | Promise<Reply> {
    const { handler, maxStreams, openMs, report } = this.#parts
    if (this.#streams.size >= maxStreams)
      return refuse(503, "Too many streams are open, see `http.maxRequests`.")
    return new Promise((resolve) => {
      const id = randomText()
      const connection = new MessageConnection(
        handler,
        {
          transport: "sse",
          send: (json) => channel.send(json),
          drained: () => channel.drained(),
          report: (error) => `Internal error (${report(error, "on an event stream")}).`,
        },
        channel,
      )
      const over = (): void => {
        if (!this.#streams.delete(id)) return
        for (const stop of stops) stop?.()
        connection.over()
        resolve({ status: 200, body: undefined })
      }
      const unused = () => {
        if (connection.sessionId === undefined) over()
      }
      const stops = [
        // What still runs is answered on it.
        handler.onClose?.(() => void connection.finish().then(over)),
        atExpiry(channel.principal, over),
        quietTimeout(unused, openMs),
      ]
      this.#streams.set(id, { owner: principalKey(channel.principal), connection })
      channel.write(`event: endpoint\ndata: ${this.#messagesUrl(channel, id)}\n\n`)
      channel.onDisconnect({ abort: over })
    })
  }

  /** Takes a message for the stream that its URL names, on which it is answered. */
  handle(message: unknown, channel: HttpChannel): Reply {
    const stream = this.#streams.get(channel.externalUrl.searchParams.get(idName) ?? "")
    // Whose it is not must not learn that it exists.
    if (stream === undefined || stream.owner !== principalKey(channel.principal))
      return refuse(
        404,
        `The stream does not exist, or not any more. Open one with GET \`${this.#parts.path}\`.`,
      )
    const served = stream.connection.receive(message, channel)
    // Answered at once, it would count for nothing, and one client could have any number of calls run.
    if (served !== undefined) void served.then(channel.hold())
    return { status: 202, body: undefined }
  }

  /** A path, as its client sees it: where the server is mounted under another one, that precedes both. */
  #messagesUrl({ externalUrl }: HttpChannel, id: string): string {
    const { path, messages } = this.#parts
    const prefix = externalUrl.pathname.slice(0, -path.length)
    return `${prefix}${messages}?${idName}=${id}`
  }
}

/** What the SDKs call it too, whose clients some proxies know by it. */
const idName = "sessionId"

function refuse(status: number, message: string): Reply {
  const headers = status === 503 ? { "retry-after": "1" } : undefined
  return { status, body: errorToJson(undefined, { code: -32600, message }), headers }
}
