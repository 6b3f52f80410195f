import { type LogRecord, type ServerLog, writeRecord } from "../server/server-log.ts"
import type { SettingValues } from "./settings.ts"

const levels = ["debug", "info", "warning", "error", "silent"] as const

/** How deep causes of errors are followed. */
const maxCauses = 5

/**
 * Makes a log that writes to standard error.
 *
 * @param settings `logLevel`: the least that is written, default `info`. `logFormat`: `text`, the default, or `json`: one
 * object per line with `time`, `level` and `message`, and `errorId` and `error` where there are any.
 */
export function formattedLog({ logLevel = "info", logFormat = "text" }: SettingValues): ServerLog {
  const least = levels.indexOf(logLevel)
  const write = logFormat === "json" ? writeJson : writeRecord
  return (record) => {
    if (levels.indexOf(record.level) >= least) write(record)
  }
}

function writeJson({ level, message, errorId, error, json }: LogRecord): void {
  const time = new Date().toISOString()
  const record = { time, level, message, errorId, error: describe(error, maxCauses) }
  process.stderr.write(`${json ?? JSON.stringify(record)}\n`)
}

/** What JSON says of an error by itself is `{}`. */
function describe(error: unknown, depth: number): unknown {
  if (!(error instanceof Error))
    return error === undefined || typeof error === "string" ? error : textOf(error)
  const { name, message, stack, cause } = error
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined
  const below = cause === undefined || depth === 0 ? undefined : describe(cause, depth - 1)
  return { name, code, message, stack, cause: below }
}

/** What has no text, such as `Object.create(null)`, must not keep its record from being written. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return typeof thrown
  }
}
