import type { Params } from "../../src/protocol/jsonrpc.ts"
import type { Channel, Connection, MessageHandler, Reply } from "../../src/protocol/transport.ts"
import { SseParser } from "../support/sse-parser.ts"

/** Stands for a server at a URL: what is given to it is posted there, and what comes back is heard. */
export function overHttp(url: string): MessageHandler {
  return new HttpHandler(url)
}

class HttpHandler implements MessageHandler {
  readonly #url: string
  /** What every request of the session says, once there is one. */
  #session: { readonly [name: string]: string } = {}
  readonly #gone: AbortController = new AbortController()

  constructor(url: string) {
    this.#url = url
  }

  async handle(message: unknown, channel: Channel): Promise<Reply> {
    // Clients of tests send objects.
    const { id, method, params } = message as Params
    const leaving = new AbortController()
    channel.onDisconnect({ abort: () => leaving.abort() })
    try {
      const response = await this.#post(message, channel, leaving.signal)
      if (method === "initialize") this.#join(response, params as Params)
      const reply = await this.#read(response, channel, leaving.signal)
      if (method === "notifications/initialized" && channel.connection !== undefined)
        await this.#listen(channel.connection)
      return reply
    } catch (error) {
      // Who left hears nothing more.
      if (leaving.signal.aborted || this.#gone.signal.aborted) return silence
      throw new Error(`no answer to \`${method}\` ${id}`, { cause: error })
    }
  }

  async end(): Promise<Reply> {
    this.#gone.abort()
    // A server that has left before its client need not be told.
    if (this.#isJoined) await fetch(this.#url, { method: "DELETE", headers: this.#session }).catch(ignore)
    return silence
  }

  get #isJoined(): boolean {
    return "mcp-session-id" in this.#session
  }

  #post(message: unknown, channel: Channel, leaving: AbortSignal): Promise<Response> {
    const headers = { ...json, ...this.#session, ...Object.fromEntries(channel.headers?.entries() ?? []) }
    const signal = AbortSignal.any([leaving, this.#gone.signal])
    return fetch(this.#url, { method: "POST", headers, body: JSON.stringify(message), signal })
  }

  #join({ headers }: Response, { protocolVersion }: Params): void {
    const id = headers.get("mcp-session-id")
    const version = { "mcp-protocol-version": String(protocolVersion) }
    this.#session = id === null ? version : { ...version, "mcp-session-id": id }
  }

  /** Opens the stream of what belongs to no request, where there is one. */
  async #listen(connection: Connection): Promise<void> {
    if (!this.#isJoined) return
    const { signal } = this.#gone
    const response = await fetch(this.#url, { headers: { ...stream, ...this.#session }, signal })
    this.#readStream(response, connection).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }

  async #read(response: Response, channel: Channel, leaving: AbortSignal): Promise<Reply> {
    const { status, headers } = response
    if (!headers.get("content-type")?.startsWith("text/event-stream")) {
      const text = await response.text()
      return { status, body: text === "" ? undefined : text }
    }
    let last = ""
    for (let part = response; ; ) {
      const { body, lastEventId } = await this.#readStream(part, channel)
      if (body !== undefined) return { status, body }
      // Let go by the server, or by nobody: without an id there is nothing to go on from.
      if (lastEventId === "" || lastEventId === last) return { status, body: undefined }
      last = lastEventId
      const signal = AbortSignal.any([leaving, this.#gone.signal])
      part = await fetch(this.#url, {
        headers: { ...stream, ...this.#session, "last-event-id": last },
        signal,
      })
    }
  }

  /** Reads a stream to its end. What answers nothing is heard; what does is given. */
  async #readStream(response: Response, speaker: Channel | Connection) {
    const parser = new SseParser()
    let body: string | undefined
    // An event stream has a body.
    const text = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(
      new TextDecoderStream(),
    )
    for await (const chunk of text) {
      for (const { data } of parser.push(chunk)) {
        if (data === "") continue
        if ("method" in JSON.parse(data)) speaker.send(data)
        else body = data
      }
    }
    return { body, lastEventId: parser.lastEventId }
  }
}

const stream = { accept: "text/event-stream" }
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" }
const silence: Reply = { status: 202, body: undefined }

function ignore(): void {
  // Nothing follows from it.
}
