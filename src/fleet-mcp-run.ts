import type { NodeListener, RunningServer } from "#node"
import type { RunningStdio } from "#stdio"
import { ServerClosed } from "./errors/server.ts"
import type { RunOptions } from "./fleet-mcp-options.ts"
import type { Endpoint } from "./http/endpoint.ts"
import { loadNode } from "./http/lazy-node.ts"
import type { MessageHandler } from "./protocol/transport.ts"
import { assertRunOptions } from "./server/run-options.ts"
import type { ServerLog } from "./server/server-log.ts"
import { environment, type RunSettings } from "./settings/environment.ts"
import { onExitSignal } from "./shared/exit-signal.ts"
import { currentHost } from "./shared/host.ts"
import { quietTimeout } from "./shared/quiet-timer.ts"
import { testRunner } from "./shared/test-runner.ts"

/** A server, as far as running it needs. */
export interface Runnable {
  readonly handler: MessageHandler
  readonly endpoint: Endpoint
  readonly log: ServerLog
  readonly isClosed: () => boolean
  readonly listener: () => NodeListener
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
  /** Hears of what runs, which closes with the server. */
  readonly onRunning: (running: RunningServer | RunningStdio) => void
}

/** How long what is left running may keep the process when its client is gone, in milliseconds. */
const lingerMs = 1000

/**
 * Runs a server over the transport that code or settings say, or has it stand still where somebody else serves it.
 *
 * @param isHosted Whether somebody loads the program's module to serve it.
 */
export async function run(
  server: Runnable,
  options: RunOptions,
  isHosted: boolean,
): Promise<RunningServer | RunningStdio> {
  assertRunOptions(options)
  const { inTests = false, ...told } = options
  const settled = environment()?.withRunSettings(told) ?? told
  const runner = inTests ? undefined : testRunner()
  if (!isHosted && runner === undefined) {
    return settled.transport === "http" ? runHttp(server, settled) : runStdio(server)
  }
  if (runner !== undefined) {
    const message = `\`mcp.run()\` starts nothing under ${runner}. Connect to the server itself, by \`connect(mcp)\` of \`fleetmcp/testing\`, or say \`inTests: true\`.`
    server.log({ level: "info", message })
  }
  return standStill(server, settled)
}

/** Listens on a port. */
function runHttp(server: Runnable, options: RunSettings): Promise<RunningServer> {
  return untilSignal(server, async () => {
    await server.start()
    if (server.isClosed()) throw new ServerClosed()
    const { path, timeouts } = server.endpoint
    const { serveHttp } = await loadNode()
    const { port = 3000, host = "127.0.0.1" } = options
    const running = await serveHttp(server.listener(), { port, host, path, timeouts })
    if (server.isClosed()) {
      await running.close(0)
      throw new ServerClosed()
    }
    server.onRunning(running)
    if (currentHost()?.announces !== true)
      server.log({ level: "info", message: `Listening on ${running.url}` })
    return running
  })
}

/** Speaks over standard input and output. */
async function runStdio(server: Runnable): Promise<RunningStdio> {
  const { serveStdio } = await import("#stdio")
  if (server.isClosed()) throw new ServerClosed()
  // Before it starts: what a lifespan prints must not end up among the messages.
  const running = serveStdio(server.handler, { log: server.log })
  server.onRunning(running)
  await untilSignal(server, async () => {
    try {
      await server.start()
    } catch (error) {
      await running.close(0)
      throw error
    }
    return running
  })
  void running.closed.then(async () => {
    // A program that closes the server itself goes on.
    const isOurs = server.isClosed()
    await server.close()
    if (!isOurs) leave()
  })
  return running
}

/** Has the signals that end the process close the server first: while it starts, and as long as it runs. */
async function untilSignal<T extends { readonly closed: Promise<void> }>(
  server: Runnable,
  start: () => Promise<T>,
): Promise<T> {
  const forget = onExitSignal(() => server.close())
  try {
    const running = await start()
    void running.closed.then(forget)
    return running
  } catch (error) {
    if (server.isClosed()) {
      await server.close()
      // What was closed by a signal ends by it, and not by an error that nobody made.
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    forget()
    throw error
  }
}

/** What runs nowhere: it says where it would, and is closed with the server. */
function standStill(server: Runnable, { port = 3000, host = "127.0.0.1" }: RunSettings): RunningServer {
  let resolveClosed: () => void = () => undefined
  const closed = new Promise<void>((resolve) => {
    resolveClosed = resolve
  })
  const close = async (): Promise<void> => resolveClosed()
  const { path } = server.endpoint
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`
  const running: RunningServer = { url, port, closed, close, [Symbol.asyncDispose]: close }
  server.onRunning(running)
  return running
}

/** S28/basic/transports/stdio#shutdown: a timer or a pool that somebody forgot must not keep the process. */
function leave(): void {
  quietTimeout(() => process.exit(), lingerMs)
}
