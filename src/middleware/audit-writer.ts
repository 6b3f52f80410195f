import { AuditTimeout, AuditUnavailable } from "../errors/audit.ts"
import type { ServerLog } from "../server/server-log.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { within } from "../shared/within.ts"
import { type Digest, hashOf } from "./audit-chain.ts"
import type { AuditEntry, AuditRecord } from "./audit-record.ts"

/** Where records go. */
export interface AuditSink {
  readonly write: (record: AuditRecord) => MaybePromise<unknown>
  /** How many may be on their way at once: those that follow one another, so that what is not there is near the end. */
  readonly concurrency: number
}

export interface WriterOptions {
  readonly name: string
  readonly sink: AuditSink
  /** Makes the digests of the chain; `undefined` for records that are not chained. */
  readonly digest: Digest | undefined
  readonly maxQueued: number
  readonly writeTimeout: number
  readonly log: ServerLog
}

/** The last record of a chain, to be kept where the records are not. */
export interface AuditHead {
  /** Whose chain it is. */
  readonly writer: string
  /** The number of the record. */
  readonly seq: number
  /** Its digest. */
  readonly hash: string
}

/** An entry that has its place, and when it is written. */
export interface Queued {
  readonly seq: number
  /** Rejects where it may not have been written. */
  readonly written: Promise<void>
}

/** Gives entries their places and writes them, in order. */
export interface AuditWriter {
  /**
   * @throws {AuditUnavailable} Too many wait.
   */
  add(entry: AuditEntry): Queued
  /** Waits until all is written, or lost. */
  flush(): Promise<void>
  readonly head: AuditHead | undefined
  readonly counts: { readonly written: number; readonly lost: number; readonly queued: number }
}

/** How many lost records one record tells of; the next tells of more. */
const mostTold = 100

export function createWriter(options: WriterOptions): AuditWriter {
  const { name, sink, digest, maxQueued, writeTimeout, log } = options
  const running = new Set<Promise<void>>()
  /** The records on their way, and those that wait to be, in order. */
  const active = new Set<number>()
  const waiting: { readonly which: number; readonly go: () => void }[] = []
  let seq = 0
  let dropped = 0
  let written = 0
  let lost = 0
  /** Those that no record has told of. */
  let untold: number[] = []
  let head: AuditHead | undefined
  let isFailing = false
  /** The record before the next: each waits for the digest of the one before, and for nothing else of it. */
  let sealing: Promise<string> = Promise.resolve("")

  async function seal(
    entry: AuditEntry,
    at: { readonly seq: number; readonly prev: string },
  ): Promise<AuditRecord> {
    const told = untold.slice(0, mostTold)
    const skipped = dropped
    untold = untold.slice(mostTold)
    dropped = 0
    const record: AuditRecord = {
      ...{ writer: name, seq: at.seq },
      ...entry,
      ...(told.length > 0 && { lost: told }),
      ...(skipped > 0 && { dropped: skipped }),
      ...(digest && { prev: at.prev }),
    }
    if (digest === undefined) return record
    const hash = await hashOf(record, digest)
    return { ...record, hash }
  }

  async function write(record: AuditRecord): Promise<void> {
    const late = () => new AuditTimeout(writeTimeout)
    await within(
      writeTimeout,
      Promise.resolve().then(() => sink.write(record)),
      late,
    )
    const { seq: own, hash } = record
    // What may not have been written must not be looked for.
    if (hash !== undefined && own > (head?.seq ?? -1)) head = { writer: name, seq: own, hash }
    written++
    isFailing = false
  }

  function fail(which: number, error: unknown): void {
    lost++
    // Beyond that, a record that is not there is one that was taken away.
    if (untold.length < maxQueued) untold.push(which)
    if (!isFailing) log({ level: "error", message: "The audit cannot be written", error })
    isFailing = true
  }

  async function deliver(which: number, sealed: Promise<AuditRecord>): Promise<void> {
    await enter(which)
    try {
      await write(await sealed)
    } catch (error) {
      fail(which, error)
      // What it was to tell is told by another.
      const record = await sealed.catch(() => undefined)
      untold.push(...(record?.lost ?? []))
      dropped += record?.dropped ?? 0
      throw error
    } finally {
      leave(which)
    }
  }

  function hasRoom(which: number): boolean {
    const [oldest = which] = active
    return which - oldest < sink.concurrency
  }

  async function enter(which: number): Promise<void> {
    if (waiting.length > 0 || !hasRoom(which)) await new Promise<void>((go) => waiting.push({ which, go }))
    active.add(which)
  }

  function leave(which: number): void {
    active.delete(which)
    for (let next = waiting[0]; next !== undefined && hasRoom(next.which); next = waiting[0]) {
      waiting.shift()
      active.add(next.which)
      next.go()
    }
  }

  return {
    add(entry) {
      if (running.size >= maxQueued) {
        // Said once until a record tells of it.
        if (dropped++ === 0)
          log({ level: "error", message: "The audit drops records: too many wait to be written" })
        throw new AuditUnavailable()
      }
      const own = seq++
      const before = sealing
      const sealed = before.then((prev) => seal(entry, { seq: own, prev }))
      sealing = sealed.then(
        ({ hash = "" }) => hash,
        () => before,
      )
      const done = deliver(own, sealed)
      running.add(done)
      // Whoever waits for it hears of it; if nobody does, it has been counted and logged.
      done.catch(() => undefined).finally(() => running.delete(done))
      return { seq: own, written: done }
    },
    async flush() {
      while (running.size > 0) await Promise.allSettled(running)
    },
    get head() {
      return head
    },
    get counts() {
      return { written, lost, queued: running.size }
    },
  }
}
