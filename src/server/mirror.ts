import { clip } from "../shared/clip.ts"
import type { LoggingLevel } from "../spec/index.ts"
import type { LogEntry } from "./log.ts"
import type { LogRecord, ServerLog } from "./server-log.ts"

/** The four levels of the server's log for the eight of RFC 5424. */
const levels: { readonly [level in LoggingLevel]: LogRecord["level"] } = {
  debug: "debug",
  info: "info",
  notice: "info",
  warning: "warning",
  error: "error",
  critical: "error",
  alert: "error",
  emergency: "error",
}

/** The most characters of a message. */
const longest = 4000

/** Writes what a handler logs to the server's own log. What peers sent may be in it: it stays on one line. */
export function mirror(log: ServerLog, { level, data, logger }: LogEntry): void {
  const text = clip(typeof data === "string" ? data : jsonOf(data), longest)
  log({ level: levels[level], message: logger === undefined ? text : `${clip(logger)}: ${text}` })
}

function jsonOf(data: unknown): string {
  try {
    return JSON.stringify(data) ?? String(data)
  } catch {
    // JSON cannot say it; a call must not fail because of what it logs.
    return "(cannot be written as JSON)"
  }
}
