import { assertOptions } from "../components/options.ts"
import { InvalidOption } from "../errors/server.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import { headOf, lineOf } from "./logging-line.ts"
import {
  type LoggingOptions,
  loggingOptions,
  type StructuredLoggingOptions,
  structuredOptions,
} from "./logging-options.ts"
import type { CallRecord } from "./logging-record.ts"
import { loggingHooks } from "./logging-run.ts"

export type { CallRecord, LoggingOptions, StructuredLoggingOptions }

/** Where it stands in the usual order, whichever of the two it is. */
const place = {
  name: "logging",
  after: ["errors", "timing"],
  before: ["auth", "rateLimit", "slidingWindow", "cache"],
} as const

/**
 * Logs every call when it has ended, as a line for people: what was called, how it ended, how long it took, for whom.
 * The line goes to the server's own log, which is standard error by default: never to standard output, where messages go.
 * Whatever a client sends, a call is one line. Arguments and results are not in it unless they are asked for.
 *
 * @param options `level`, `start`, `methods`, `payloads`, `maxPayloadLength`, `redact`, `sizes`, `tokens`, `principal`,
 * `sample`, `fields` and `log`. Default: each call but `ping`, without payloads.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude
 * @example
 * const mcp = new FleetMCP("Demo", { middleware: [logging({ payloads: "arguments", redact: ["iban"] })] })
 */
export function logging(options: LoggingOptions = {}): Middleware {
  assertOptions("`logging()`", options, loggingOptions)
  return defineMiddleware({
    ...place,
    attach(server) {
      const log = options.log ?? server.log
      return loggingHooks(server, options, (record) =>
        log({ level: record.level, message: lineOf(record), errorId: record.errorId }),
      )
    },
  })
}

/**
 * Logs every call when it has ended, as a record of fields: a line of JSON in the server's own log, which is standard
 * error by default, or fields in a log that keeps them, or whatever `sink` makes of it.
 *
 * @param options Those of `logging()`, and `sink`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that cannot be meant, or there are both `sink` and `log`.
 * @example
 * const mcp = new FleetMCP("Demo", {
 *   middleware: [structuredLogging({ sink: (record) => console.error(record.target, record.durationMs) })],
 * })
 */
export function structuredLogging(options: StructuredLoggingOptions = {}): Middleware {
  assertOptions("`structuredLogging()`", options, structuredOptions)
  const { sink } = options
  if (sink !== undefined && options.log !== undefined)
    throw new InvalidOption("The option `sink` of `structuredLogging()`", "beside `log`", "Give one of them.")
  return defineMiddleware({
    ...place,
    attach(server) {
      const log = options.log ?? server.log
      return loggingHooks(
        server,
        options,
        sink ??
          ((record) =>
            log({
              level: record.level,
              message: headOf(record),
              errorId: record.errorId,
              data: { ...record },
              json: JSON.stringify(record),
            })),
      )
    },
  })
}
