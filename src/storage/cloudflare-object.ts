import { CorruptValue } from "../errors/storage.ts"
import { ObjectEntries, type ObjectSql } from "./cloudflare-entries.ts"
import type { ListOptions, WriteOptions } from "./storage.ts"

/** What `durableObjectStorage()` asks an object. `now` is there in tests alone: else the clock is the object's. */
export type ObjectQuestion = { readonly now?: number | undefined } & (
  | { readonly method: "get"; readonly key: string }
  | {
      readonly method: "write"
      readonly key: string
      readonly value: string | undefined
      readonly options: WriteOptions
    }
  | { readonly method: "list"; readonly prefix: string; readonly options: ListOptions }
  | { readonly method: "increment"; readonly key: string; readonly by: number; readonly options: TtlOption }
)

/** What it answers: what the method of `ObjectEntries` returned, or that no number was there to add to. */
export interface ObjectAnswer {
  readonly result?: unknown
  readonly isCorrupt?: true
}

type TtlOption = Pick<WriteOptions, "ttl">

/** The state that Workers give to a Durable Object, as far as it is used. */
export interface FleetStorageObjectState {
  /** What outlives the object. */
  readonly storage: {
    /** Its database. */
    readonly sql: ObjectSql
    /** Says when the object is woken next, in milliseconds since 1970. */
    getAlarm(): Promise<number | null>
    /** Wakes the object. */
    setAlarm(time: number): Promise<void>
  }
  /** Lets nothing else happen in the object meanwhile. */
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>
}

/** Expired entries are not seen; somewhat later many of them are cleared away together. */
const clearAfter = 60_000

/** In the year 2188: Workers wake nobody after 2189. */
const latestAlarm = 6.9e12

/**
 * Keeps a part of the entries of `durableObjectStorage()`. Export it from the module of your Worker, and bind it as a
 * class with SQLite (`new_sqlite_classes`).
 *
 * @see https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
 * @example
 * export { FleetStorageObject } from "fleetmcp/storage/cloudflare"
 */
export class FleetStorageObject {
  /** Brands the class for the types of Workers; there is no such member. */
  declare readonly __DURABLE_OBJECT_BRAND: never
  readonly #state: FleetStorageObjectState
  readonly #entries: ObjectEntries
  #alarm: number | undefined

  /** Is called by Workers. */
  constructor(state: FleetStorageObjectState) {
    this.#state = state
    this.#entries = new ObjectEntries(state.storage.sql)
    void state.blockConcurrencyWhile(async () => {
      this.#alarm = (await state.storage.getAlarm()) ?? undefined
    })
  }

  /**
   * Answers `durableObjectStorage()`.
   *
   * @example
   * export class LoggedObject extends FleetStorageObject {
   *   override fetch(request: Request) {
   *     console.log("A question for this object")
   *     return super.fetch(request)
   *   }
   * }
   */
  async fetch(request: Request): Promise<Response> {
    // `as`: only those to whom the object is bound reach it, and of these the driver alone asks.
    const question = (await request.json()) as ObjectQuestion
    const now = question.now ?? Date.now()
    try {
      const result = this.#answer(question, now)
      if ("options" in question && "ttl" in question.options && question.options.ttl !== undefined)
        await this.#wakeAfter(now + question.options.ttl)
      return Response.json({ result } satisfies ObjectAnswer)
    } catch (error) {
      if (error instanceof CorruptValue) return Response.json({ isCorrupt: true } satisfies ObjectAnswer)
      throw error
    }
  }

  /**
   * Clears away what has expired. Workers call it.
   *
   * @example
   * export class LoggedObject extends FleetStorageObject {
   *   override async alarm() {
   *     await super.alarm()
   *     console.log("Expired entries are gone")
   *   }
   * }
   */
  async alarm(): Promise<void> {
    this.#alarm = undefined
    const next = this.#entries.clear(Date.now())
    if (next !== undefined) await this.#wakeAfter(next)
  }

  #answer(question: ObjectQuestion, now: number): unknown {
    switch (question.method) {
      case "get":
        return this.#entries.get(question.key, now)
      case "write":
        return this.#entries.write(question, question.options, now)
      case "list":
        return this.#entries.list(question.prefix, question.options, now)
      case "increment":
        return this.#entries.increment(question, question.options, now)
    }
  }

  async #wakeAfter(expiresAt: number): Promise<void> {
    const time = Math.min(expiresAt + clearAfter, latestAlarm)
    if (this.#alarm !== undefined && this.#alarm <= time) return
    this.#alarm = time
    await this.#state.storage.setAlarm(time)
  }
}
