import type { ContextLog, LogFunction } from "../components/context.ts"
import type { Exchange } from "../protocol/call.ts"
import { loggingLevels } from "../protocol/logging-level.ts"
import type { LoggingLevel } from "../spec/index.ts"

/** Makes `ctx.log`: only what the client asked for is sent, at its level and above. */
export function createLog(exchange: Exchange): ContextLog {
  const { logLevel } = exchange
  const least = logLevel === undefined ? Number.POSITIVE_INFINITY : loggingLevels.indexOf(logLevel)
  const entries = loggingLevels.map(
    (level, rank) => [level, rank < least ? silent : send(exchange, level)] as const,
  )
  // One entry per level, which is what the mapped type says.
  return Object.fromEntries(entries) as unknown as ContextLog
}

function send(exchange: Exchange, level: LoggingLevel): LogFunction {
  return (data, logger) => {
    const params = logger === undefined ? { level, data } : { level, logger, data }
    const sendable = typeof data === "function" || typeof data === "symbol" ? String(data) : (data ?? null)
    try {
      exchange.notify("notifications/message", { ...params, data: sendable })
    } catch {
      // JSON cannot say it; a call must not fail because of what it logs.
      exchange.notify("notifications/message", { ...params, data: "(cannot be written as JSON)" })
    }
  }
}

function silent(): void {
  // The client did not ask for this level.
}
