import type { Readable, Writable } from "node:stream"
import type { MessageHandler } from "../protocol/transport.ts"
import { consoleLog, newErrorId, type ServerLog, safeLog } from "../server/server-log.ts"
import { type GuardedOutput, guardStdout } from "./guard-stdout.ts"
import { LineConnection } from "./line-connection.ts"
import { LineReader } from "./line-reader.ts"

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

/** How long at least the last that was written may take to be taken, in milliseconds. */
const lastWordsMs = 100

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
  const connection = new LineConnection(handler, {
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
  const onGone = () => {
    // Also while it waits for calls, whose answers nobody will read.
    connection.over()
    void close(0)
  }
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
    // A paused pipe would keep the process. Deno's may have no such method.
    if (input === process.stdin) process.stdin.unref?.()
    await within(graceMs, connection.finish())
    connection.over()
    await within(Math.max(graceMs, lastWordsMs), flushed(guard?.write ?? output.write.bind(output)))
    guard?.release()
    // Standard output belongs to the process; what was given is done with.
    if (options.output !== undefined) {
      if (graceMs > 0) output.end()
      else output.destroy()
    }
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

/** Resolves when all that was written is taken, or nobody takes it any more. */
function flushed(write: GuardedOutput["write"]): Promise<void> {
  return new Promise((resolve) => write("", () => resolve()))
}

/** Waits for something, but for so many milliseconds at most. */
function within(ms: number, done: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    done.then(() => {
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
