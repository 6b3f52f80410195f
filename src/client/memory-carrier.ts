import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client"
import { MessageConnection } from "../protocol/message-connection.ts"
import type { MessageHandler } from "../protocol/transport.ts"
import type { Carrier } from "./carrier.ts"

/** A server of this process. */
export interface ServerTarget {
  /** What answers messages. */
  readonly handler: MessageHandler
  /** Starts what must be there before the first request. */
  readonly start: () => Promise<void>
}

/** Reaches a server of this process: no port and no pipe, and yet every message goes as JSON. */
export async function openMemory(server: ServerTarget): Promise<Carrier> {
  await server.start()
  const transport = new MemoryTransport(server.handler)
  return {
    transport,
    name: "the server of this process",
    kind: "memory",
    explain: () => undefined,
    close: () => transport.close(),
  }
}

/** Carries messages between a client and a server of this process, as stdio would. */
export class MemoryTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void
  onclose?: () => void
  onerror?: (error: Error) => void
  readonly #connection: MessageConnection
  readonly #handler: MessageHandler
  #forget: () => void = () => undefined
  #isOver = false

  constructor(handler: MessageHandler) {
    this.#handler = handler
    this.#connection = new MessageConnection(handler, {
      transport: "memory",
      send: (json) => this.onmessage?.(JSON.parse(json)),
      drained: () => undefined,
      report: (error) => this.#report(error),
    })
  }

  async start(): Promise<void> {
    // A server that closes ends what is connected to it, as a pipe would.
    this.#forget = this.#handler.onClose?.(() => void this.close()) ?? this.#forget
  }

  async send(message: JSONRPCMessage): Promise<void> {
    // What neither side may change under the other, and what JSON does not carry does not arrive.
    void this.#connection.receive(JSON.parse(JSON.stringify(message)))
  }

  async close(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.#forget()
    this.#connection.over()
    this.onclose?.()
  }

  #report(error: unknown): string {
    this.onerror?.(error instanceof Error ? error : new Error(String(error)))
    return "Internal error."
  }
}
