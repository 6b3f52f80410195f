/** Cuts bytes into lines, and gives up those that are too long. */
export class LineReader {
  readonly #limit: number
  readonly #onLine: (line: Buffer | undefined) => void
  #parts: Buffer[] = []
  #size = 0
  #isTooLong = false

  /**
   * @param limit The most bytes of a line.
   * @param onLine Called with each line, without its end; with nothing for one that was too long.
   */
  constructor(limit: number, onLine: (line: Buffer | undefined) => void) {
    this.#limit = limit
    this.#onLine = onLine
  }

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#add(chunk.subarray(start, end))
      this.#finish()
      start = end + 1
    }
    if (start < chunk.length) this.#add(chunk.subarray(start))
  }

  /** Gives what came after the last end of a line: whoever leaves need not have written it. */
  end(): void {
    if (this.#size > 0 || this.#isTooLong) this.#finish()
  }

  #add(part: Buffer): void {
    if (this.#isTooLong) return
    this.#size += part.length
    if (this.#size > this.#limit) {
      this.#isTooLong = true
      this.#parts = []
    } else if (part.length > 0) this.#parts.push(part)
    // A line that drips in would cost far more in pieces than whole.
    if (this.#parts.length > maxParts) this.#parts = [Buffer.concat(this.#parts)]
  }

  #finish(): void {
    const [first] = this.#parts
    // Nearly always a line comes whole.
    const line = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts)
    const { isTooLong } = this.#reset()
    this.#onLine(isTooLong ? undefined : line)
  }

  #reset(): { readonly isTooLong: boolean } {
    const isTooLong = this.#isTooLong
    this.#parts = []
    this.#size = 0
    this.#isTooLong = false
    return { isTooLong }
  }
}

const newline = 0x0a

/** In how many pieces a line is kept. */
const maxParts = 256
