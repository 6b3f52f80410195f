import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { createNodeListener, type NodeListener } from "./node.ts"

/** A server that listens. */
export interface RunningServer {
  /** The URL of the MCP endpoint. */
  readonly url: string
  readonly port: number
  /** Stops listening, waits for open requests, and cuts what is left. */
  close(graceMs?: number): Promise<void>
}

export interface ServeOptions {
  readonly port: number
  readonly host: string
  /** The path of the MCP endpoint, for the URL. */
  readonly path: string
}

/** Listens with `node:http`, with time-outs against clients that are slow on purpose. */
export function serveHttp(listener: RequestListener, options: ServeOptions): Promise<RunningServer> {
  const server = createServer(
    { headersTimeout: 15_000, requestTimeout: 60_000, keepAliveTimeout: 30_000 },
    listener,
  )
  server.on("clientError", (_error, socket) => {
    // The parser gave up on what the client sent; there is no request to answer through.
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    else socket.destroy()
  })
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, options.host, () => {
      server.off("error", reject)
      server.on("error", () => undefined)
      // Listening on a port, it has an address with one.
      const { port } = server.address() as AddressInfo
      const host = options.host.includes(":") ? `[${options.host}]` : options.host
      resolve({ url: `http://${host}:${port}${options.path}`, port, close: (graceMs = 0) => close(graceMs) })
    })
  })

  function close(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      server.close(() => {
        clearTimeout(timer)
        resolve()
      })
      server.closeIdleConnections()
    })
  }
}

export { createNodeListener, type NodeListener }
