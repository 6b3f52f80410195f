import { type Message, readMessage } from "./messages.ts"
import { type Served, send } from "./post.ts"
import type { Rpc } from "./rpc.ts"
import { SseParser } from "./sse-parser.ts"

/** An answer that is read message by message while it is open. */
export interface Stream {
  readonly status: number
  readonly headers: Headers
  /** The next message, or `undefined` when the stream has ended. */
  next(): Promise<Message | undefined>
  /** All that is left, once the server ends the stream. */
  rest(): Promise<readonly Message[]>
  /** Everything received so far, comments included. */
  readonly raw: string
  /** Goes away, as a client does that has heard enough. */
  leave(): Promise<void>
}

/** Sends a request whose answer is a stream. */
export async function open(server: Served, rpc: Rpc, signal?: AbortSignal): Promise<Stream> {
  const response = await send(server, JSON.stringify(rpc.message), rpc.headers, signal)
  // A stream always has a body.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  const parser = new SseParser()
  const queue: Message[] = []
  let raw = ""

  async function next(): Promise<Message | undefined> {
    while (queue.length === 0) {
      const { done, value } = await reader.read()
      if (done) return undefined
      const text = decoder.decode(value, { stream: true })
      raw += text
      for (const { data } of parser.push(text)) queue.push(readMessage(data, rpc.message.method))
    }
    return queue.shift()
  }

  return {
    status: response.status,
    headers: response.headers,
    next,
    async rest() {
      const messages: Message[] = []
      for (let message = await next(); message !== undefined; message = await next()) messages.push(message)
      return messages
    },
    get raw() {
      return raw
    },
    leave: () => reader.cancel(),
  }
}
