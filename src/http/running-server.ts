import type { HttpTimeouts } from "./http-options.ts"

/** A server that listens. */
export interface RunningServer {
  /** The URL of the MCP endpoint. */
  readonly url: string
  /** Resolves when it is closed. */
  readonly closed: Promise<void>
  /** The port it listens on, also where 0 was asked for. */
  readonly port: number
  /**
   * Stops listening, waits for open requests, and cuts what is left.
   *
   * @param graceMs How long requests may still take. Default 5,000.
   */
  close(graceMs?: number): Promise<void>
  /** Closes it with the default grace, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Where a server listens, and how long clients may take. */
export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** The address to listen on. */
  readonly host: string
  /** The path of the MCP endpoint, for the URL. */
  readonly path: string
  /** How long clients may take. Default: those of {@link HttpTimeouts}. */
  readonly timeouts?: HttpTimeouts | undefined
}
