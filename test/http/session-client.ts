import type { ProtocolRevision } from "../../src/spec/revisions.ts"
import type { Answer, Entry, OpenAnswer, Started } from "./entries.ts"
import { type HttpRequest, jsonHeaders } from "./messages.ts"

type Params = { readonly [name: string]: unknown }
type Headers = HttpRequest["headers"]

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of any shape.
export type Message = any

export interface ClientOptions {
  readonly revision?: ProtocolRevision
  readonly capabilities?: Params
  readonly headers?: Headers
}

/** One server-sent event. */
export interface SseEvent {
  readonly id: string | undefined
  readonly retry: number | undefined
  /** The message; none in events that only have an id, or only say when to come back. */
  readonly message: Message
}

/** A POST of one message, or of an array of them. */
export function post(message: unknown, headers: Headers = {}): HttpRequest {
  return { method: "POST", headers: { ...jsonHeaders, ...headers }, body: JSON.stringify(message) }
}

export function initialize({ revision = "2025-11-25", capabilities = {}, headers }: ClientOptions = {}) {
  const params = { protocolVersion: revision, capabilities, clientInfo: { name: "test", version: "1" } }
  return post({ jsonrpc: "2.0", id: 0, method: "initialize", params }, headers)
}

/** Opens a session. */
export async function join(entry: Entry, options: ClientOptions = {}): Promise<SessionClient> {
  const answer = await entry.send(initialize(options))
  const id = answer.headers.get("mcp-session-id")
  if (id === null) throw new Error(`no session: ${answer.status} ${answer.text}`)
  const { revision = "2025-11-25", headers } = options
  const client = new SessionClient(entry, {
    ...headers,
    "mcp-session-id": id,
    "mcp-protocol-version": revision,
  })
  await client.notify("notifications/initialized")
  return client
}

/** A client with a session. */
export class SessionClient {
  readonly entry: Entry
  readonly headers: NonNullable<Headers>
  #lastId = 0

  constructor(entry: Entry, headers: NonNullable<Headers>) {
    this.entry = entry
    this.headers = headers
  }

  get id(): string {
    return this.headers["mcp-session-id"] ?? ""
  }

  /** The same session, at another door. */
  at(entry: Entry): SessionClient {
    return new SessionClient(entry, this.headers)
  }

  post(message: unknown): Promise<Answer> {
    return this.entry.send(post(message, this.headers))
  }

  request(method: string, params: Params = {}, id: unknown = ++this.#lastId): Promise<Answer> {
    return this.post({ jsonrpc: "2.0", id, method, params })
  }

  notify(method: string, params: Params = {}): Promise<Answer> {
    return this.post({ jsonrpc: "2.0", method, params })
  }

  answer(id: unknown, result: unknown): Promise<Answer> {
    return this.post({ jsonrpc: "2.0", id, result })
  }

  /** Sends a tool call whose answer is still to come. */
  start(name: string, args: Params = {}, id: unknown = ++this.#lastId): Started {
    const params = { name, arguments: args, _meta: { progressToken: "p" } }
    return this.entry.start(post({ jsonrpc: "2.0", id, method: "tools/call", params }, this.headers))
  }

  /** Calls a tool that sends something before its answer. */
  async stream(name: string, args: Params = {}, id?: unknown): Promise<Events> {
    return new Events(await this.start(name, args, id).answer)
  }

  async listen(lastEventId?: string): Promise<Events> {
    const headers = { accept: "text/event-stream", ...this.headers, "last-event-id": lastEventId }
    return new Events(await this.entry.open({ method: "GET", headers }))
  }

  end(): Promise<Answer> {
    return this.entry.send({ method: "DELETE", headers: this.headers })
  }
}

/** Reads the events of an answer, one by one. */
export class Events {
  readonly answer: OpenAnswer
  #text = ""
  /** The id of the last event that had one. */
  last: string | undefined

  constructor(answer: OpenAnswer) {
    this.answer = answer
  }

  /** The next event, or `undefined` at the end. */
  async next(): Promise<SseEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n")
      if (end === -1) {
        const chunk = await this.answer.next()
        if (chunk === undefined) return undefined
        this.#text += chunk
        continue
      }
      const fields = this.#text.slice(0, end).split("\n")
      this.#text = this.#text.slice(end + 2)
      if (fields.every((line) => line.startsWith(":"))) continue
      return this.#read(fields)
    }
  }

  /** The next message, or `undefined` at the end. */
  async message(): Promise<Message> {
    for (let event = await this.next(); event !== undefined; event = await this.next()) {
      if (event.message !== undefined) return event.message
    }
    return undefined
  }

  /** All messages to the end. */
  async rest(): Promise<readonly Message[]> {
    const messages: Message[] = []
    for (let one = await this.message(); one !== undefined; one = await this.message()) messages.push(one)
    return messages
  }

  leave(): void {
    this.answer.leave()
  }

  #read(fields: readonly string[]): SseEvent {
    const field = (name: string) =>
      fields.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
    const id = field("id")
    const retry = field("retry")
    const data = field("data")
    if (id !== undefined) this.last = id
    return {
      id,
      retry: retry === undefined ? undefined : Number(retry),
      message: data === undefined || data === "" ? undefined : JSON.parse(data),
    }
  }
}
