import type { HttpTimeouts } from "./endpoint.ts"

/** A server that listens. */
export interface RunningServer {
  /** The URL of the MCP endpoint. */
  readonly url: string
  readonly port: number
  /**
   * Stops listening, waits for open requests, and cuts what is left.
   *
   * @param graceMs How long requests may still take. Default 5,000.
   */
  close(graceMs?: number): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** The address to listen on. */
  readonly host: string
  /** The path of the MCP endpoint, for the URL. */
  readonly path: string
  readonly timeouts?: HttpTimeouts | undefined
}
