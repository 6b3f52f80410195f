import type { Connection } from "../client/connection.ts"
import type { PeerNotification } from "../client/rpc.ts"
import type { Call } from "../protocol/call.ts"
import { isLoggingLevel, loggingLevels } from "../protocol/logging-level.ts"
import type { LoggingLevel } from "../spec/index.ts"
import { ofAll } from "./proxy-pool.ts"

/** Passes on to the client of a call what the upstream tells while it runs. */
export function hear(call: Call, { method, params }: PeerNotification, toAll: () => void): void {
  const { exchange } = call
  if (ofAll.test(method)) {
    toAll()
    return
  }
  switch (method) {
    case "notifications/cancelled":
      return
    case "notifications/progress": {
      const { progress, total, message } = params
      if (typeof progress !== "number") return
      exchange.progress(
        progress,
        typeof total === "number" ? total : undefined,
        typeof message === "string" ? message : undefined,
      )
      return
    }
    case "notifications/message":
      if (isWanted(params.level, exchange.logLevel)) exchange.notify(method, params)
      return
    default:
      exchange.notify(method, params)
  }
}

function isWanted(level: unknown, least: LoggingLevel | undefined): boolean {
  if (least === undefined || !isLoggingLevel(level)) return false
  return loggingLevels.indexOf(level) >= loggingLevels.indexOf(least)
}

/** The least severe level that each session was asked for. */
const levels: WeakMap<Connection, number> = new WeakMap()

/** Has a session log what a caller wants to hear, and what those before wanted. */
export async function setLevel(connection: Connection, level: LoggingLevel | undefined): Promise<void> {
  if (level === undefined || connection.capabilities.logging === undefined) return
  const rank = loggingLevels.indexOf(level)
  if (rank >= (levels.get(connection) ?? Number.POSITIVE_INFINITY)) return
  levels.set(connection, rank)
  // A server that does not set it logs as it likes, and calls go on.
  await connection.request("logging/setLevel", { level }).catch(() => undefined)
}
