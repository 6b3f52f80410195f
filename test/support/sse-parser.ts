/** An event as a client receives it. */
export interface SseEvent {
  /** `message` unless the server named it. */
  readonly event: string
  readonly data: string
  /** The last id that the stream gave, in this event or an earlier one; `""` if none. */
  readonly id: string
}

/** Bounds of an {@link SseParser}. */
export interface SseParserOptions {
  /** How many characters an event, its fields and comments included, may have. Default 4,194,304. */
  readonly maxEventLength?: number
}

/**
 * Reads an event stream piece by piece. What was begun and never ended by an empty line is not an event, as the
 * standard says. An event above the bound is skipped and counted in `dropped`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseParser {
  readonly #maxEventLength: number
  /** The line that is not ended yet. */
  #line = ""
  #lineLength = 0
  #data: string[] = []
  #event = ""
  #id = ""
  #retry: number | undefined
  #dropped = 0
  /** Characters of the event so far, without comments. */
  #length = 0
  #skipLineFeed = false
  #atStart = true

  constructor({ maxEventLength = 4_194_304 }: SseParserOptions = {}) {
    this.#maxEventLength = maxEventLength
  }

  /** How many milliseconds the server asked to wait before connecting again, if it did. */
  get retry(): number | undefined {
    return this.#retry
  }

  /** The last id that the stream gave. */
  get lastEventId(): string {
    return this.#id
  }

  /** How many events were too long. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes the next piece of the decoded stream and returns the events that it completes. */
  push(chunk: string): SseEvent[] {
    const events: SseEvent[] = []
    let start = this.#skipStart(chunk)
    const lineEnd = /\r\n|\n|\r/g
    lineEnd.lastIndex = start
    for (let found = lineEnd.exec(chunk); found !== null; found = lineEnd.exec(chunk)) {
      this.#append(chunk.slice(start, found.index))
      start = lineEnd.lastIndex
      // The line feed of a CRLF may be the first character of the next piece.
      this.#skipLineFeed = found[0] === "\r" && start === chunk.length
      this.#endLine(events)
    }
    this.#append(chunk.slice(start))
    return events
  }

  #skipStart(chunk: string): number {
    if (chunk === "") return 0
    const skip =
      (this.#skipLineFeed && chunk.startsWith("\n")) || (this.#atStart && chunk.startsWith("\ufeff"))
    this.#skipLineFeed = false
    this.#atStart = false
    return skip ? 1 : 0
  }

  #append(text: string): void {
    this.#lineLength += text.length
    this.#length += text.length
    if (this.#length <= this.#maxEventLength) {
      this.#line += text
      return
    }
    this.#line = ""
    this.#data = []
  }

  #endLine(events: SseEvent[]): void {
    const line = this.#line
    const isBlank = this.#lineLength === 0
    const isTooLong = this.#length > this.#maxEventLength
    this.#line = ""
    this.#lineLength = 0
    if (!isBlank) {
      // The line break counts too, so that the number of lines is bounded.
      this.#length++
      if (!isTooLong) this.#field(line)
      return
    }
    if (isTooLong) this.#dropped++
    else if (this.#data.length > 0) {
      events.push({ event: this.#event || "message", data: this.#data.join("\n"), id: this.#id })
    }
    this.#data = []
    this.#event = ""
    this.#length = 0
  }

  #field(line: string): void {
    const colon = line.indexOf(":")
    if (colon === 0) {
      // A comment. A stream may hold any number of them without an empty line.
      this.#length -= line.length + 1
      return
    }
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1)
    if (name === "data") this.#data.push(value)
    else if (name === "event") this.#event = value
    else if (name === "id" && !value.includes("\0")) this.#id = value
    else if (name === "retry" && /^[0-9]{1,15}$/.test(value)) this.#retry = Number(value)
  }
}
