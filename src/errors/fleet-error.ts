/** Options every {@link FleetError} takes besides its message. */
export interface FleetErrorOptions {
  /** What to do about it: one imperative sentence, appended to the message. */
  readonly fix?: string | undefined
  /** The error that led to this one; always kept, never sent to a peer. */
  readonly cause?: unknown
}

/** How an error is answered over HTTP while nothing was sent. */
export interface HttpAnswer {
  /** The status, such as 503. */
  readonly status: number
  /** Headers besides those of every answer. Default: none. */
  readonly headers?: { readonly [name: string]: string } | undefined
}

/**
 * Is the base of every error FleetMCP throws. Each subclass has a literal, permanent `code`
 * that is explained in `docs/errors.md`. `isFleetError()` tells them apart by it.
 *
 * @see https://www.jsonrpc.org/specification#error_object for `rpc` and `data`
 * @example
 * await mcp.callTool("serach").catch((error: unknown) => {
 *   if (error instanceof FleetError) console.error(error.code, error.fix)
 * })
 */
export abstract class FleetError extends Error {
  /** The permanent code: `FLEET-nn` or a SCREAMING_SNAKE name. */
  abstract readonly code: string
  /** The JSON-RPC code a peer is answered with; `undefined` keeps the error on this side. */
  declare readonly rpc: number | undefined
  /** The `data` of the JSON-RPC error. */
  declare readonly data: unknown
  /** Overrides the HTTP status that follows from `rpc`. */
  declare readonly http: HttpAnswer | undefined
  readonly #fix: string | undefined

  /**
   * Makes the error of a subclass.
   *
   * @param message What happened, and which value; the `fix` is appended to it.
   * @param options Its `fix` and `cause`. Default: neither.
   */
  constructor(message: string, options: FleetErrorOptions = {}) {
    super(
      // What is to be done stands on a line of its own below a list.
      options.fix === undefined ? message : message + (message.includes("\n") ? "\n" : " ") + options.fix,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = new.target.name
    this.#fix = options.fix
  }

  /** What to do about it, or `undefined` when the message says all. */
  get fix(): string | undefined {
    // No property of its own: the message ends with it, and a console would print it twice.
    return this.#fix
  }
}
