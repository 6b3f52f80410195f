import type { KnownOptions } from "../components/options.ts"
import { createRedactor, redacted } from "../middleware/logging-redact.ts"

/** What of tools' arguments and results stands in spans. */
export interface CaptureOptions {
  /** Whether arguments do. Default `true`. */
  readonly arguments?: boolean
  /** Whether results do. Default `true`. */
  readonly results?: boolean
  /** The most characters of each. Default 4,096. */
  readonly maxLength?: number
  /**
   * Gives what stands in place of a value, by the name of its field. Default: `[redacted]` where the name says that it
   * is a secret, such as `password`, `apiKey` or `token`.
   */
  readonly redact?: (name: string, value: unknown) => unknown
}

export const knownCapture: KnownOptions = {
  kinds: { arguments: "boolean", results: "boolean", maxLength: "count", redact: "function" },
  isFlag: true,
}

/** Makes text of what a tool was given or gave. */
export interface Capture {
  readonly arguments: ((value: unknown) => string | undefined) | undefined
  readonly results: ((value: unknown) => string | undefined) | undefined
}

export function captureOf(options: boolean | CaptureOptions | undefined): Capture {
  if (options === undefined || options === false) return { arguments: undefined, results: undefined }
  const { arguments: isGiven = true, results = true, ...rest } = options === true ? {} : options
  const toText = (value: unknown) => bounded(value, rest)
  return { arguments: isGiven ? toText : undefined, results: results ? toText : undefined }
}

/** The JSON of a value, its secrets hidden and what is too long cut off; nothing where there is none. */
function bounded(
  value: unknown,
  { maxLength = 4096, redact = redactSecrets }: Pick<CaptureOptions, "maxLength" | "redact">,
): string | undefined {
  let left = maxLength
  const write = (root: unknown, level: number): string | undefined =>
    JSON.stringify(root, (name, field: unknown) => {
      // Past the end nothing is looked into any more: a result may be large.
      if (left <= 0) return undefined
      const seen = name === "" ? field : redact(name, field)
      left -= name.length
      // What a tool returns is in its result a second time, as text.
      const within = level < mostLevels ? embedded(seen) : undefined
      const shown = within === undefined ? seen : write(within, level + 1)
      if (typeof shown !== "string") {
        left -= 1
        return shown
      }
      if (within === undefined) left -= shown.length
      return shown.length > maxLength ? shown.slice(0, maxLength) : shown
    })
  try {
    return write(value, 0)?.slice(0, maxLength)
  } catch {
    // What cannot be said in JSON, or not be redacted, is left out: a call does not fail because of its telemetry.
    return undefined
  }
}

/** How deep texts are read that are within texts, and up to what length. */
const mostLevels = 3
const longestJson = 65_536

/** What a text holds that is JSON of an object or a list. */
function embedded(text: unknown): object | undefined {
  if (typeof text !== "string" || text.length > longestJson || !/^\s{0,8}[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    // It only looks so, and is shown as the text that it is.
    return undefined
  }
}

const redactor = /* @__PURE__ */ createRedactor()

function redactSecrets(name: string, value: unknown): unknown {
  return redactor.hides([name], value) ? redacted : value
}
