import { assertOptions } from "../components/options.ts"
import { decodeJson, encodeJson, type StorageDriver } from "../storage/storage.ts"
import type { AuditRecord } from "./audit-record.ts"
import type { AuditSink } from "./audit-writer.ts"

/** How many records of one chain are written side by side. */
export const mostOnTheirWay = 16

/** Writes each record under a key of its own; keys sort by time. */
export function storageSink(driver: StorageDriver, ttl: number | undefined): AuditSink {
  return {
    // Each has a key of its own, so the order of writing says nothing.
    concurrency: mostOnTheirWay,
    write(record) {
      const key = keyOf(record)
      return driver.write(key, encodeJson(key, record), ttl === undefined ? {} : { ttl })
    },
  }
}

function keyOf({ time, writer, seq }: AuditRecord): string {
  return `${pad(Math.max(Math.trunc(time), 0), 15)}-${writer}-${pad(seq, 10)}`
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, "0")
}

/** Which records are read. */
export interface ReadAuditOptions {
  /** From when on, in milliseconds since 1970. Default: from the first. */
  readonly from?: number
  /** Until before when. Default: until the last. */
  readonly until?: number
}

/**
 * Reads the records that `audit()` wrote to a storage, in the order of their time. All keys of the storage are in memory at
 * once, the records are not.
 *
 * @param driver The storage that was given as `to`, which must be able to list.
 * @param options `from` and `until`. Default: all records.
 * @throws {CorruptValue} Something else is stored there.
 * @example
 * for await (const record of readAudit(memoryStorage())) console.error(record.time, record.method, record.outcome)
 */
export async function* readAudit(
  driver: StorageDriver,
  options: ReadAuditOptions = {},
): AsyncGenerator<AuditRecord, void, undefined> {
  assertOptions("`readAudit()`", options, { kinds: { from: "size", until: "size" } })
  const { from = 0, until = Number.POSITIVE_INFINITY } = options
  for (const key of (await keysOf(driver)).toSorted()) {
    const time = Number(key.slice(0, 15))
    if (time < from || time >= until) continue
    const stored = await driver.get(key)
    // It may have expired since it was listed.
    if (stored !== undefined) yield decodeJson(key, stored.value) as AuditRecord
  }
}

async function keysOf(driver: StorageDriver): Promise<readonly string[]> {
  const keys = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await driver.list?.("", { cursor })
    for (const key of page?.keys ?? []) if (/^\d{15}-/.test(key)) keys.add(key)
    cursor = page?.cursor
  } while (cursor !== undefined)
  return [...keys]
}
