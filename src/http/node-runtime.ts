import type { RequestListener, Server } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { CannotListen, PortInUse } from "../errors/listen.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { withDefaults } from "./endpoint.ts"
import { createNodeListener, type NodeListener } from "./node.ts"
import type { RunningServer, ServeOptions } from "./running-server.ts"

/** How long aborted calls have to say so, in milliseconds. */
const lastWordsMs = 500

/**
 * Listens with `node:http`, with time-outs against clients that are slow on purpose.
 *
 * @param listener What answers requests: `mcp.node`, or what `createNodeListener()` made.
 * @param options `port`, `host`, `path` and `timeouts`.
 * @returns The server, once it listens.
 * @throws {PortInUse} FLEET-10: something else listens there.
 * @throws {CannotListen} The operating system does not allow it.
 * @throws {NotOnThisRuntime} FLEET-14: there is no `node:http` here.
 * @see S28/basic/transports/streamable-http
 * @example
 * await using server = await serveHttp(mcp.node, { port: 0, host: "127.0.0.1", path: "/mcp" })
 * console.log(server.url)
 */
export async function serveHttp(listener: RequestListener, options: ServeOptions): Promise<RunningServer> {
  const { head, request, idle } = withDefaults(options.timeouts)
  // Loaded here: a server that does not listen itself starts without it.
  const { createServer } = await import("node:http")
  // What the parser cannot read, or what takes too long, `node:http` answers itself and closes the connection.
  const server = createServer(
    {
      headersTimeout: Math.min(head, request),
      requestTimeout: request,
      keepAliveTimeout: idle,
      connectionsCheckingInterval: Math.max(50, Math.min(5000, head / 4, request / 4)),
    },
    listener,
  )
  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  await listen(server, options)
  server.on("error", () => {
    // Of a connection that could not be accepted; those that are open go on.
  })
  // Listening on a port, it has an address with one.
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(":") ? `[${options.host}]` : options.host
  let closing: Promise<void> | undefined
  const close = (graceMs = 5000) => {
    closing ??= stop({ server, sockets }, graceMs)
    return closing
  }
  const closed = new Promise<void>((resolve) => server.once("close", () => resolve()))
  return {
    url: `http://${host}:${port}${options.path}`,
    port,
    closed,
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

async function listen(server: Server, { port, host }: ServeOptions): Promise<void> {
  const failed = await new Promise<Error | undefined>((resolve) => {
    server.once("error", resolve)
    server.listen(port, host, () => {
      server.off("error", resolve)
      resolve(undefined)
    })
  })
  if (failed === undefined) return
  if ((failed as NodeJS.ErrnoException).code !== "EADDRINUSE") throw new CannotListen({ port, host }, failed)
  throw new PortInUse({ port, host }, await freePort(port + 1, host), failed)
}

/** The first free port of the next ten. */
async function freePort(from: number, host: string): Promise<number | undefined> {
  const { createServer: createProbe } = await import("node:net")
  for (let port = from; port < Math.min(from + 10, 65_536); port++) {
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createProbe()
      probe.once("error", () => resolve(false))
      probe.listen(port, host, () => probe.close(() => resolve(true)))
    })
    if (isFree) return port
  }
  return undefined
}

interface Listening {
  readonly server: Server
  readonly sockets: ReadonlySet<Socket>
}

function stop({ server, sockets }: Listening, graceMs: number): Promise<void> {
  const closeIdle = server.closeIdleConnections.bind(server)
  // To `node:http`, whose own `close` calls this too, a connection is idle that has an answer still to write.
  server.closeIdleConnections = () => {
    if ([...sockets].every(({ writableLength }) => writableLength === 0)) closeIdle()
  }
  return new Promise((resolve) => {
    // To `node:http` a connection that never asked for anything is not idle, and would hold us to the end.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    // Connections that finish their last answer become idle one by one, and nothing tells when.
    const sweep = setInterval(() => server.closeIdleConnections(), 20)
    // Calls that are aborted at the end of their grace still get to answer.
    const cut = setTimeout(() => server.closeAllConnections(), Math.min(graceMs + lastWordsMs, longestTimer))
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}

export { createNodeListener, type NodeListener, type RunningServer }
