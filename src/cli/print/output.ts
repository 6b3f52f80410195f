import type { Writable } from "node:stream"
import pc from "picocolors"

/** Colours and weights, which do nothing where they are off. */
export type Colors = ReturnType<typeof pc.createColors>

/** How text is laid out for whoever reads it. */
export interface Style {
  readonly colors: Colors
  /** Columns of a line; without end where nobody reads lines, such as in a pipe. */
  readonly width: number
}

/** Some text goes to a terminal, and some to a file or another program. */
export interface Output extends Style {
  readonly isTerminal: boolean
  readonly stream: Writable
  /** Writes, and resolves when more may come. */
  write(chunk: string | Uint8Array): Promise<void>
}

/** What is used of `process.stdout`. */
type Stream = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }

type Environment = { readonly [name: string]: string | undefined }

/** The narrowest layout: what is narrower is not worth breaking words for. */
const narrowest = 40

/**
 * Makes an output of a stream. It is coloured on a terminal, unless `NO_COLOR` is set or the terminal is `dumb`;
 * `FORCE_COLOR` colours everything.
 *
 * @see https://no-color.org
 */
export function toOutput(stream: Stream, env: Environment = process.env): Output {
  const isTerminal = stream.isTTY === true
  // As it is now: while a server of this process is loaded, what it writes to standard output is led elsewhere.
  const write = stream.write.bind(stream)
  let isGone = false
  // Who reads no more, such as `head`, has what it wanted.
  stream.on("error", () => {
    isGone = true
  })
  return {
    stream,
    isTerminal,
    colors: pc.createColors(isColored(isTerminal, env)),
    get width() {
      if (!isTerminal) return Number.POSITIVE_INFINITY
      return Math.max(narrowest, stream.columns ?? 80)
    },
    write: (chunk) =>
      new Promise((resolve) => {
        if (isGone || stream.destroyed) resolve()
        else write(chunk, () => resolve())
      }),
  }
}

function isColored(isTerminal: boolean, env: Environment): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0"
  return isTerminal && env.TERM !== "dumb"
}

/** No colours at all. */
export const plain: Colors = /* @__PURE__ */ pc.createColors(false)
