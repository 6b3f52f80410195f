/** Options every {@link FleetError} takes besides its message. */
export interface FleetErrorOptions {
  /** What to do about it: one imperative sentence, appended to the message. */
  readonly fix?: string | undefined
  /** The error that led to this one; always kept, never sent to a peer. */
  readonly cause?: unknown
}

/** How an error is answered over HTTP while nothing was sent. */
export interface HttpAnswer {
  readonly status: number
  readonly headers?: { readonly [name: string]: string } | undefined
}

/**
 * Is the base of every error FleetMCP throws. Each subclass has a literal, permanent `code`
 * that is explained in `docs/errors.md`.
 */
export abstract class FleetError extends Error {
  /** The permanent code: `FLEET-nn` or a SCREAMING_SNAKE name. */
  abstract readonly code: string
  /** What to do about it, or `undefined` when the message says all. */
  readonly fix: string | undefined
  /** The JSON-RPC code a peer is answered with; `undefined` keeps the error on this side. */
  readonly rpc: number | undefined = undefined
  /** The `data` of the JSON-RPC error. */
  readonly data: unknown = undefined
  /** Overrides the HTTP status that follows from `rpc`. */
  readonly http: HttpAnswer | undefined = undefined

  constructor(message: string, options: FleetErrorOptions = {}) {
    super(
      options.fix === undefined ? message : `${message} ${options.fix}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = new.target.name
    this.fix = options.fix
  }
}
