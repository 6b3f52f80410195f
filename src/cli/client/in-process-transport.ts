import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client"
import type { MessageHandler } from "../../protocol/transport.ts"
import { MessageConnection } from "../../stdio/message-connection.ts"

/** Carries messages between a client and a server of this process, as stdio would. */
export class InProcessTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void
  onclose?: () => void
  onerror?: (error: Error) => void
  readonly #connection: MessageConnection

  constructor(handler: MessageHandler) {
    this.#connection = new MessageConnection(handler, {
      write: (lines) => this.#deliver(lines),
      drained: () => undefined,
      end: () => void this.close(),
      report: (error) => this.#report(error),
    })
  }

  async start(): Promise<void> {
    // Nothing to open: it is here.
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#connection.receive(Buffer.from(JSON.stringify(message)))
  }

  async close(): Promise<void> {
    this.#connection.over()
    this.onclose?.()
  }

  #deliver(lines: string): void {
    for (const line of lines.trimEnd().split("\n")) this.onmessage?.(JSON.parse(line))
  }

  #report(error: unknown): string {
    this.onerror?.(error instanceof Error ? error : new Error(String(error)))
    return "Internal error."
  }
}
