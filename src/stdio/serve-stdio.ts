import type { Readable, Writable } from "node:stream"
import type { MessageHandler } from "../protocol/transport.ts"
import { consoleLog, newErrorId, type ServerLog, safeLog } from "../server/server-log.ts"
import { guardStdout } from "./guard-stdout.ts"
import { LineReader } from "./line-reader.ts"
import { MessageConnection } from "./message-connection.ts"

/** A server that speaks over standard input and output. */
export interface RunningStdio {
  /** Resolves when the client is gone and all that it started is done. */
  readonly closed: Promise<void>
  /**
   * Stops reading, waits for calls that run, and aborts what is left.
   *
   * @param graceMs How long calls may still take. Default 5,000.
   */
  close(graceMs?: number): Promise<void>
  /** Closes it with the default grace, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>
}

/** How a server speaks over standard input and output. */
export interface StdioOptions {
  /** The most bytes of one message. Default 4 MiB. */
  readonly maxMessageSize?: number | undefined
  /** Where what goes wrong is logged. Default: standard error. */
  readonly log?: ServerLog | undefined
  /** Where messages come from. Default: standard input. */
  readonly input?: Readable | undefined
  /** Where messages go; standard output is then nobody's concern. Default: standard output, guarded. */
  readonly output?: Writable | undefined
}

/** The most that may wait for a client that reads nothing before it is given up, in bytes. */
const maxBuffered = 64 * 1024 * 1024

/**
 * Speaks over standard input and output, one message per line, until the client is gone.
 *
 * @param handler The server: `mcp.handler`.
 * @param options `maxMessageSize`, `log`, `input` and `output`.
 * @see S28/basic/transports/stdio
 * @example
 * const { closed } = serveStdio(mcp.handler)
 * await closed
 */
export function serveStdio(handler: MessageHandler, options: StdioOptions = {}): RunningStdio {
  const { maxMessageSize = 4 * 1024 * 1024, input = process.stdin } = options
  const log = safeLog(options.log ?? consoleLog)
  const guard =
    options.output === undefined
      ? guardStdout(({ code, message }) => log({ level: "warning", message: `${code} ${message}` }))
      : undefined
  const output: Writable = options.output ?? process.stdout
  const connection = new MessageConnection(handler, {
    write(text) {
      if (guard === undefined) output.write(text)
      else guard.write(text)
      // Who reads nothing must not fill our memory.
      if (output.writableLength > maxBuffered) void close(0)
    },
    drained: () => (output.writableNeedDrain ? onceDrained(output) : undefined),
    end: () => void close(0),
    report: (error) => report(log, error),
  })
  const reader = new LineReader(maxMessageSize, (line) => connection.receive(line))
  let closing: Promise<void> | undefined
  let resolveClosed: () => void = () => undefined
  const closed = new Promise<void>((resolve) => {
    resolveClosed = resolve
  })

  const onData = (chunk: Buffer) => reader.push(chunk)
  const onEnd = () => {
    reader.end()
    void close()
  }
  const onGone = () => void close(0)
  input.on("data", onData)
  input.once("end", onEnd)
  input.once("close", onEnd)
  input.once("error", onGone)
  // A client that is gone breaks the pipe; nobody listening would end the process.
  output.on("error", onGone)

  function close(graceMs = 5000): Promise<void> {
    closing ??= stop(graceMs)
    return closing
  }

  async function stop(graceMs: number): Promise<void> {
    input.off("data", onData)
    input.pause()
    await idleWithin(connection, graceMs)
    connection.over()
    guard?.release()
    resolveClosed()
  }

  return { closed, close, [Symbol.asyncDispose]: () => close() }
}

function onceDrained(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    output.once("drain", resolve)
    output.once("close", resolve)
  })
}

function idleWithin(connection: MessageConnection, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, graceMs)
    connection.idle().then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function report(log: ServerLog, error: unknown): string {
  const errorId = newErrorId()
  log({ level: "error", message: "Error on standard input or output", errorId, error })
  return `Internal error (${errorId}).`
}
