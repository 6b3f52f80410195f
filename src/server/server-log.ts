import { logWords } from "#log-words"

/** One thing the server has to say to its operator. */
export interface LogRecord {
  /** How bad it is. */
  readonly level: "debug" | "info" | "warning" | "error"
  /** What happened, in words. */
  readonly message: string
  /** Ties the record to what the client was told. */
  readonly errorId?: string | undefined
  /** What was thrown, whole. */
  readonly error?: unknown
  /** The same in fields, for logs that keep them. */
  readonly data?: { readonly [field: string]: unknown } | undefined
  /** The same as a line of JSON, for logs that write lines: it stands for all the rest. */
  readonly json?: string | undefined
}

/** Where the server's own log goes. */
export type ServerLog = (record: LogRecord) => void

/** Writes to the standard error stream, so that standard output stays free for the protocol. */
export function consoleLog(record: LogRecord): void {
  if (record.level !== "debug") writeRecord(record)
}

/** Writes any record as {@link consoleLog} does. */
export function writeRecord(record: LogRecord): void {
  const id = record.errorId === undefined ? "" : ` (${record.errorId})`
  const text = record.json ?? `[fleetmcp] ${record.level}: ${record.message}${id}`
  console.error(...logWords(text, record.error))
}

/** Makes the id under which an error is logged and reported. */
export function newErrorId(): string {
  return crypto.randomUUID().slice(0, 8)
}

/** Makes a log that cannot fail what it is told of. */
export function safeLog(log: ServerLog): ServerLog {
  return (record) => {
    try {
      const done: unknown = log(record)
      if (done instanceof Promise) done.catch(() => undefined)
    } catch {
      // There is no other place to say it, and a call must not end because its log did.
    }
  }
}
