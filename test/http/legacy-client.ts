import type { Entry, OpenAnswer } from "./entries.ts"
import { type HttpRequest, jsonHeaders } from "./messages.ts"

type Params = { readonly [name: string]: unknown }

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of any shape.
type Message = any

interface LegacyOptions {
  readonly revision?: string
  readonly capabilities?: Params
  readonly headers?: HttpRequest["headers"]
}

/** A client of HTTP+SSE: listens on one stream, and sends to where that says. */
export class LegacyClient {
  readonly #entry: Entry
  readonly #headers: NonNullable<HttpRequest["headers"]>
  readonly stream: OpenAnswer
  /** Where messages are sent. */
  readonly endpoint: string
  /** All that came so far. */
  readonly messages: Message[] = []
  #text = ""
  #lastId = 0

  constructor(entry: Entry, stream: OpenAnswer, given: { readonly endpoint: string } & LegacyOptions) {
    this.#entry = entry
    this.#headers = given.headers ?? {}
    this.stream = stream
    this.endpoint = given.endpoint
  }

  /** Sends to the same stream as somebody else. */
  post(message: unknown, headers: HttpRequest["headers"] = this.#headers) {
    const body = typeof message === "string" ? message : JSON.stringify(message)
    return this.#entry.send({
      method: "POST",
      path: this.endpoint,
      headers: { ...jsonHeaders, ...headers },
      body,
    })
  }

  /** Sends a request, and gives its id. */
  async send(method: string, params: Params = {}): Promise<number> {
    const id = ++this.#lastId
    await this.post({ jsonrpc: "2.0", id, method, params })
    return id
  }

  async request(method: string, params: Params = {}): Promise<Message> {
    const id = await this.send(method, params)
    return this.until((message) => message.id === id && message.method === undefined)
  }

  /** The first message of a kind, of those that came and those to come. */
  async until(holds: (message: Message) => boolean): Promise<Message> {
    for (let at = 0; ; at++) {
      while (at >= this.messages.length) {
        if (!(await this.#read())) throw new Error(`the stream ended after: ${JSON.stringify(this.messages)}`)
      }
      if (holds(this.messages[at])) return this.messages[at]
    }
  }

  /** Reads to the end of the stream. */
  async rest(): Promise<readonly Message[]> {
    while (await this.#read());
    return this.messages
  }

  async #read(): Promise<boolean> {
    const chunk = await this.stream.next()
    if (chunk === undefined) return false
    const events = (this.#text + chunk).split("\n\n")
    this.#text = events.pop() ?? ""
    for (const event of events)
      if (event.startsWith("event: message\n")) this.messages.push(JSON.parse(event.slice(21)))
    return true
  }
}

/** Opens a stream, and no session. */
export async function listenTo(entry: Entry, { headers, path = "/sse" }: HttpRequest = {}) {
  const stream = await entry.open({ path, headers: { accept: "text/event-stream", ...headers } })
  const [, endpoint = ""] = /^event: endpoint\ndata: (.*)\n\n$/.exec(await stream.until(/\n\n/)) ?? []
  return new LegacyClient(entry, stream, { endpoint, ...(headers === undefined ? {} : { headers }) })
}

/** Opens a stream, and a session on it. */
export async function joinLegacy(entry: Entry, options: LegacyOptions = {}): Promise<LegacyClient> {
  const { revision = "2024-11-05", capabilities = {}, headers } = options
  const client = await listenTo(entry, headers === undefined ? {} : { headers })
  const clientInfo = { name: "test", version: "1" }
  await client.request("initialize", { protocolVersion: revision, capabilities, clientInfo })
  await client.post({ jsonrpc: "2.0", method: "notifications/initialized" })
  return client
}
