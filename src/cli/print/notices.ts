import type { Json, Progress } from "../client/dialogue.ts"
import { shorten } from "./layout.ts"
import type { Output } from "./output.ts"
import { terminalLine } from "./terminal-text.ts"

/** What waits to be taken by standard error, in bytes, before notices are dropped. */
const mostWaiting = 1_048_576

/** Columns of the bar of progress. */
const barWidth = 20

/** Says on standard error what goes on meanwhile: progress on one line that is written anew, logs below one another. */
export class Notices {
  readonly #output: Output
  readonly #isQuiet: boolean
  /** Whether the last line is the progress, which the next notice writes over. */
  #isShown = false

  constructor(output: Output, options: { readonly isQuiet: boolean }) {
    this.#output = output
    this.#isQuiet = options.isQuiet
  }

  /** Says a word of our own, also where nothing else may be said. */
  say(text: string): void {
    this.#line(text)
  }

  /** Says that something was not done. */
  warn(text: string): void {
    this.#line(this.#output.colors.yellow(text))
  }

  /** Shows how far a call is. */
  progress({ progress, total, message }: Progress): void {
    if (this.#isQuiet) return
    const { isTerminal, colors, width } = this.#output
    const said = message === undefined ? "" : ` ${terminalLine(message)}`
    const amount = total === undefined ? `${progress}` : `${progress}/${total}`
    if (!isTerminal) {
      this.#line(`progress ${amount}${said}`)
      return
    }
    const line = shorten(`${amount}${said}`, width - barWidth - 3)
    this.#write(`\r\u001b[2K${colors.cyan(bar(progress, total))} ${line}`)
    this.#isShown = true
  }

  /** Shows a message of the server's log. */
  log({ level, logger, data }: Json): void {
    if (this.#isQuiet) return
    const from = typeof logger === "string" ? ` ${terminalLine(logger, 100)}:` : ""
    const text = terminalLine(typeof data === "string" ? data : (JSON.stringify(data) ?? ""), 4_000)
    this.#line(`${this.#inColor(String(level))}${this.#output.colors.dim(from)} ${text}`)
  }

  /** Shows what a program wrote to standard error. */
  programLine(line: string): void {
    if (this.#isQuiet) return
    const { colors, isTerminal } = this.#output
    this.#line(isTerminal ? colors.dim(terminalLine(line, 4_000)) : line)
  }

  /** Takes the progress away, so that something else can be written. */
  clear(): void {
    if (!this.#isShown) return
    this.#isShown = false
    this.#write("\r\u001b[2K")
  }

  #line(text: string): void {
    this.clear()
    this.#write(`${text}\n`)
  }

  #write(text: string): void {
    // Whoever reads nothing must not fill our memory; what goes on meanwhile may be missed.
    if (this.#output.stream.writableLength < mostWaiting) void this.#output.write(text)
  }

  #inColor(level: string): string {
    const { colors } = this.#output
    const word = terminalLine(level, 20)
    if (/^(debug|info|notice)$/.test(level)) return colors.blue(word)
    return level === "warning" ? colors.yellow(word) : colors.red(word)
  }
}

function bar(progress: number, total: number | undefined): string {
  if (total === undefined || !(total > 0)) return "·"
  const filled = Math.round(barWidth * Math.min(1, Math.max(0, progress / total)))
  return "█".repeat(filled) + "░".repeat(barWidth - filled)
}
