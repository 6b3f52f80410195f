import type { HttpAnswer } from "../errors/fleet-error.ts"
import type { Call } from "../protocol/call.ts"

/** What is told of some errors: those that are of a class, or of which a function says so, or caused by such. */
export interface ErrorRule {
  /** A class of errors. One of `type` and `when` must be given. */
  readonly type?: abstract new (
    ...args: never[]
  ) => Error
  /** Whether it is one of them. One of `type` and `when` must be given. */
  readonly when?: (error: unknown) => boolean
  /** The JSON-RPC code. A tool is answered with an error of the protocol then. Default: what it would have been. */
  readonly code?: number
  /** What the client is told; also what the model reads of a tool without `code`. Default: what it would have been. */
  readonly message?: string | ((error: unknown) => string)
  /** The HTTP status and headers while nothing was sent; needs `code`. Default: those of the code. */
  readonly http?: HttpAnswer
}

/** What is told of errors, and to whom. */
export interface ErrorsOptions {
  /** What is told of errors of some kinds; the first that fits counts. Default: none. */
  readonly rules?: readonly ErrorRule[]
  /**
   * Whether clients see nothing of what a handler threw, also where the server would show its message. A function says it
   * of each. Default `true`.
   */
  readonly mask?: boolean | ((error: unknown, call: Call) => boolean)
  /**
   * Hears of each call that fails: what was thrown, else what the client is told. Nobody waits for it, and what it
   * throws is logged. Default: nobody.
   */
  readonly onError?: (error: unknown, call: Call) => unknown
  /** How many kinds of errors, by method, are counted each for itself. Default 1,000. */
  readonly maxCounts?: number
}
