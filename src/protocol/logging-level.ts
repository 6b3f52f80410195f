import type { LoggingLevel } from "../spec/index.ts"

/** The levels of RFC 5424, least severe first. */
export const loggingLevels: readonly LoggingLevel[] = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
]

export function isLoggingLevel(value: unknown): value is LoggingLevel {
  return loggingLevels.some((level) => level === value)
}
