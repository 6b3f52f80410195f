import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client"
import { MessageConnection } from "../../protocol/message-connection.ts"
import type { MessageHandler } from "../../protocol/transport.ts"

/** Carries messages between a client and a server of this process, as stdio would. */
export class InProcessTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void
  onclose?: () => void
  onerror?: (error: Error) => void
  readonly #connection: MessageConnection

  constructor(handler: MessageHandler) {
    this.#connection = new MessageConnection(handler, {
      transport: "memory",
      send: (json) => this.onmessage?.(JSON.parse(json)),
      drained: () => undefined,
      report: (error) => this.#report(error),
    })
  }

  async start(): Promise<void> {
    // Nothing to open: it is here.
  }

  async send(message: JSONRPCMessage): Promise<void> {
    // What neither side may change under the other, and what JSON does not carry does not arrive.
    void this.#connection.receive(JSON.parse(JSON.stringify(message)))
  }

  async close(): Promise<void> {
    this.#connection.over()
    this.onclose?.()
  }

  #report(error: unknown): string {
    this.onerror?.(error instanceof Error ? error : new Error(String(error)))
    return "Internal error."
  }
}
