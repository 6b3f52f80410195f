import type { Readable, Writable } from "node:stream"
import { isObject, type Params, type RequestId } from "../../src/protocol/jsonrpc.ts"
import type { Channel, Connection, MessageHandler, Reply } from "../../src/protocol/transport.ts"
import { metaKeys } from "../../src/spec/meta.ts"

/** The two ends of a pipe to a server that reads lines. */
export interface Lines {
  readonly input: Writable
  readonly output: Readable
}

interface Open {
  readonly channel: Channel
  readonly settle: (reply: Reply) => void
}

/** Stands for a server that reads and writes lines: what is given to it goes there, and its answers come back. */
export function overLines({ input, output }: Lines): MessageHandler {
  const open = new Map<RequestId, Open>()
  let connection: Connection | undefined
  let rest = ""
  input.on("error", ignore)
  output.on("error", ignore)
  output.once("close", () => {
    for (const { settle } of open.values()) settle(silence)
  })
  output.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) hear(line)
  })

  function hear(line: string): void {
    const message: Params = JSON.parse(line)
    if (message.method !== undefined) {
      speakerOf(message)?.send(line)
      return
    }
    // Only what was sent is answered.
    const id = message.id as RequestId
    open.get(id)?.settle({ status: 200, body: line })
    open.delete(id)
  }

  /** Who is told: the request that it names, else any that is open, else whoever hears all. */
  function speakerOf({ params }: Params): Channel | Connection | undefined {
    const { progressToken, _meta } = isObject(params) ? params : {}
    const named = progressToken ?? (isObject(_meta) ? _meta[metaKeys.subscriptionId] : undefined)
    const [any] = open.values()
    return open.get(named as RequestId)?.channel ?? any?.channel ?? connection
  }

  function say(message: unknown): void {
    input.write(`${JSON.stringify(message)}\n`)
  }

  function cancel(requestId: RequestId): void {
    say({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } })
    forget(requestId)
  }

  function forget(id: RequestId): void {
    open.get(id)?.settle(silence)
    open.delete(id)
  }

  /** As a client does that ends: it writes no more, and nobody reads. */
  function leave(): void {
    input.end()
    output.destroy(new Error("the client is gone"))
  }

  return {
    handle(message, channel) {
      connection ??= channel.connection
      say(message)
      // Clients of tests send objects.
      const { id, method, params } = message as Params
      if (method === "notifications/cancelled" && isObject(params)) forget(params.requestId as RequestId)
      if (id === undefined || method === undefined) return silence
      const request = id as RequestId
      return new Promise((settle) => {
        open.set(request, { channel, settle })
        channel.onDisconnect({ abort: (reason) => (reason === "cancel" ? cancel(request) : leave()) })
      })
    },
    end() {
      leave()
      return silence
    },
  }
}

const silence: Reply = { status: 202, body: undefined }

function ignore(): void {
  // What a broken pipe means is heard from `close`.
}
