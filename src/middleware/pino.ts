import { InvalidOption, quoted } from "../errors/server.ts"
import type { LogRecord, ServerLog } from "../server/server-log.ts"

/** A logger of pino, as far as it is used: Fastify's `app.log` is one too. */
export interface PinoLogger {
  /** Logs at level 20. */
  debug(fields: object, message?: string): void
  /** Logs at level 30. */
  info(fields: object, message?: string): void
  /** Logs at level 40. */
  warn(fields: object, message?: string): void
  /** Logs at level 50. */
  error(fields: object, message?: string): void
}

/** Where a logger of pino may write. */
export interface PinoLogOptions {
  /** Whether it may write to standard output: only where no server speaks stdio. Default `false`. */
  readonly stdout?: boolean
}

/**
 * Makes a log of a pino logger: for the server itself, and for `structuredLogging()`, whose records become fields. The
 * level `warning` is pino's `warn`; errors are under `err`, whole, ids under `errorId`.
 *
 * @param logger The logger.
 * @param options `stdout`.
 * @throws {InvalidOption} It is no logger, or writes to standard output, where messages of the protocol go.
 * @see https://getpino.io/#/docs/api?id=logger
 * @example
 * import { pino } from "pino"
 *
 * const logger = pino(pino.destination(2))
 * const mcp = new FleetMCP("Demo", { log: pinoLog(logger), middleware: [structuredLogging()] })
 */
export function pinoLog(logger: PinoLogger, { stdout = false }: PinoLogOptions = {}): ServerLog {
  // Whoever gives none of pino finds out here, and not with the first error that is lost.
  const given: unknown = logger
  if (
    typeof given !== "object" ||
    given === null ||
    !Object.values(methods).every((name) => isMethod(logger, name))
  )
    throw new InvalidOption(
      "The first argument of `pinoLog()`",
      quoted(given),
      "Give `pino(pino.destination(2))`.",
    )
  if (!stdout && writesToStdout(logger)) {
    throw new InvalidOption(
      "The logger of `pinoLog()`",
      "one that writes to standard output, where messages of stdio go",
      "Make it by `pino(pino.destination(2))`, or say `{ stdout: true }` where no server speaks stdio.",
    )
  }
  return (record) => logger[methods[record.level]](fieldsOf(record), record.message)
}

const methods: { readonly [level in LogRecord["level"]]: keyof PinoLogger } = {
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
}

function isMethod(logger: PinoLogger, name: keyof PinoLogger): boolean {
  return typeof logger[name] === "function"
}

function fieldsOf({ data, errorId, error }: LogRecord): object {
  // pino has a time and a level of its own.
  const { time, level, ...fields } = data ?? {}
  return {
    ...fields,
    ...(errorId === undefined ? undefined : { errorId }),
    ...(error === undefined ? undefined : { err: error }),
  }
}

/** Whether the stream of a logger is that of file descriptor 1. pino keeps it under a symbol of its own. */
function writesToStdout(logger: object): boolean {
  const key = Object.getOwnPropertySymbols(logger).find(({ description }) => description === "pino.stream")
  if (key === undefined) {
    // Children have their parents as prototypes.
    const parent: unknown = Object.getPrototypeOf(logger)
    return typeof parent === "object" && parent !== null && writesToStdout(parent)
  }
  // Only read, whatever it is.
  const { [key]: stream } = logger as { readonly [key: symbol]: { readonly fd?: unknown } | undefined }
  return stream?.fd === 1
}
