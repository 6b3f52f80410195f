import type { ContextLog } from "../components/context.ts"
import type { Exchange } from "../protocol/call.ts"
import { loggingLevels } from "../protocol/logging-level.ts"
import type { LoggingLevel } from "../spec/index.ts"

/** One message that a handler logs. */
export interface LogEntry {
  readonly level: LoggingLevel
  readonly data: unknown
  readonly logger: string | undefined
}

/**
 * Makes `ctx.log`: only what the client asked for is sent, at its level and above.
 *
 * @param hear Hears of every message, and says whether it may be sent.
 */
export function createLog(exchange: Exchange, hear: (entry: LogEntry) => boolean): ContextLog {
  const { logLevel } = exchange
  const least = logLevel === undefined ? Number.POSITIVE_INFINITY : loggingLevels.indexOf(logLevel)
  const entries = loggingLevels.map((level, rank) => [
    level,
    (data: unknown, logger?: string) => {
      const entry = { level, data, logger }
      if (hear(entry) && rank >= least) send(exchange, entry)
    },
  ])
  // One entry per level, which is what the mapped type says.
  return Object.fromEntries(entries) as ContextLog
}

function send(exchange: Exchange, { level, data, logger }: LogEntry): void {
  const params = logger === undefined ? { level, data } : { level, logger, data }
  const sendable = typeof data === "function" || typeof data === "symbol" ? String(data) : (data ?? null)
  try {
    exchange.notify("notifications/message", { ...params, data: sendable })
  } catch {
    // JSON cannot say it; a call must not fail because of what it logs.
    exchange.notify("notifications/message", { ...params, data: "(cannot be written as JSON)" })
  }
}
