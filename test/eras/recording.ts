import type { Channel, Connection, MessageHandler, Reply } from "../../src/protocol/transport.ts"
import type { TestTarget } from "../../src/testing/connect.ts"

/** One message that the server sent, and the method it answers, if it is an answer. */
export interface Sent {
  readonly method: string
  readonly kind: "result" | "error" | "notification" | "request"
  readonly message: { readonly [name: string]: unknown }
}

/** Stands before a server and writes down every message it sends. */
export function recording(target: TestTarget, sent: Sent[]): TestTarget {
  const heard = new WeakSet<object>()
  const { handler } = target

  function hear(speaker: Channel | Connection): void {
    if (heard.has(speaker)) return
    heard.add(speaker)
    const send = speaker.send.bind(speaker)
    speaker.send = (json: string) => {
      const message = JSON.parse(json)
      sent.push({ method: message.method, kind: "id" in message ? "request" : "notification", message })
      send(json)
    }
  }

  function note(method: string, reply: Reply): Reply {
    if (reply.body === undefined) return reply
    const message = JSON.parse(reply.body)
    sent.push({ method, kind: "result" in message ? "result" : "error", message })
    return reply
  }

  const wrapped: MessageHandler = {
    listen: (channel) => handler.listen?.(channel) ?? nothing,
    end: (channel) => handler.end?.(channel) ?? nothing,
    handle(message, channel) {
      hear(channel)
      if (channel.connection !== undefined) hear(channel.connection)
      // The clients of these tests send objects.
      const { method = "" } = message as { readonly method?: string }
      const reply = handler.handle(message, channel)
      return reply instanceof Promise ? reply.then((settled) => note(method, settled)) : note(method, reply)
    },
  }
  return { handler: wrapped, start: () => target.start() }
}

const nothing: Reply = { status: 405, body: undefined, headers: undefined }
