import { isUtf8 } from "node:buffer"
import { ParseError } from "../errors/protocol.ts"
import { ContentLengthFraming } from "../errors/stdio.ts"
import { MessageConnection } from "../protocol/message-connection.ts"
import type { MessageHandler } from "../protocol/transport.ts"
import { withoutMark } from "../shared/utf8.ts"

/** What carries the lines of a connection. */
export interface LineWire {
  /** Writes lines, each with its end. */
  write(text: string): void
  /** Resolves when the other side has taken what was written; `undefined` if it keeps up. */
  drained(): Promise<void> | undefined
  /** Ends the connection, from which nothing sensible will come any more. */
  end(): void
  /** Notes an error that nobody can be told of. */
  report(error: unknown): string
}

/**
 * Carries the messages of one client over a pair of byte streams, one per line: stdio, a socket.
 *
 * @see S28/basic/transports/stdio
 */
export class LineConnection {
  readonly #wire: LineWire
  readonly #messages: MessageConnection
  #pending = ""
  #isOver = false

  constructor(handler: MessageHandler, wire: LineWire) {
    this.#wire = wire
    this.#messages = new MessageConnection(handler, {
      transport: "stdio",
      send: (json) => this.#write(json),
      drained: () => {
        this.#flush()
        return wire.drained()
      },
      report: (error) => wire.report(error),
    })
  }

  /** Takes one line; nothing stands for one that was too long. */
  receive(line: Buffer | undefined): void {
    if (this.#isOver) return
    try {
      const text = line === undefined ? undefined : textOf(line)
      if (text === undefined) throw new ParseError("A line was longer than messages may be.")
      // An empty line is none of JSON-RPC, and harmless.
      if (text.trim() === "") return
      if (/^content-length\s*:/i.test(text)) this.#refuseFraming()
      else void this.#messages.receive(parse(text))
    } catch (error) {
      this.#messages.refuse(error)
    }
  }

  /** Ends what would go on for ever, and resolves when nothing runs any more. */
  finish(): Promise<void> {
    return this.#messages.finish()
  }

  /** Ends what still runs: there is nobody to answer any more. */
  over(): void {
    if (this.#isOver) return
    this.#flush()
    this.#isOver = true
    this.#messages.over()
  }

  /** Whoever frames messages by headers reads no lines either: there is nothing to go on with. */
  #refuseFraming(): void {
    const error = new ContentLengthFraming()
    this.#wire.report(error)
    this.#messages.refuse(error)
    this.over()
    this.#wire.end()
  }

  #write(json: string): void {
    if (this.#pending === "") queueMicrotask(() => this.#flush())
    // Messages have no line breaks: JSON escapes them.
    this.#pending += `${json}\n`
  }

  #flush(): void {
    const text = this.#pending
    this.#pending = ""
    if (text !== "" && !this.#isOver) this.#wire.write(text)
  }
}

function textOf(line: Buffer): string {
  if (!isUtf8(line)) throw new ParseError("A line is not UTF-8.")
  return withoutMark(line.toString("utf8"))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ParseError("A line is not JSON.", { cause })
  }
}
