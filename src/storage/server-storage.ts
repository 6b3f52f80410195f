import { FleetError } from "../errors/fleet-error.ts"
import { MissingStorageClient, StorageRefused, StorageUnavailable } from "../errors/storage-backends.ts"
import type { Version } from "./storage.ts"

/** A server that keeps a storage, and the client that speaks with it. */
export interface Server<Client> {
  /** Names it in errors, such as "Redis at `127.0.0.1:6379`". */
  readonly name: string
  /** Milliseconds that it has for an answer. */
  readonly timeout: number
  readonly source: Source<Client>
  /** Tells an answer that will come again from a failure that may pass. */
  readonly isRefusal: (error: unknown) => boolean
}

/** Where a client comes from. */
export interface Source<Client> {
  /** Gives it, ready for a request. */
  readonly use: () => Client | Promise<Client>
  /** Gives up a client that owes an answer, where that would hold up what is asked next. */
  drop?(client: Client): void
  /** Closes what was opened. Missing where the client was given: it stays its owner's. */
  readonly close?: () => Promise<void>
}

/**
 * Has a server do something, within its time.
 *
 * @throws {StorageUnavailable}
 * @throws {StorageRefused}
 */
export function ask<Client, Answer>(
  { name, timeout, source, isRefusal }: Server<Client>,
  work: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let client: Client | undefined
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      if (client !== undefined) source.drop?.(client)
      reject(new StorageUnavailable(name, `it did not answer within ${timeout} ms`))
    }, timeout)
    async function answer(): Promise<void> {
      try {
        client = await source.use()
        // Whoever asked was told that it failed: nothing is written behind their back.
        if (!isLate) resolve(await work(client))
      } catch (error) {
        reject(error instanceof FleetError ? error : failure(error))
      } finally {
        clearTimeout(timer)
      }
    }
    function failure(error: unknown): FleetError {
      const Failure = isRefusal(error) ? StorageRefused : StorageUnavailable
      return new Failure(name, problemOf(error), causeOf(error))
    }
    void answer()
  })
}

/** What an error says. Where several addresses were tried, each has its own, and the whole has no words. */
function problemOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(problemOf).join(", ")
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "")
}

/** Where errors carry what nobody may log: Node's a URL with its password, those of `ioredis` all that was sent. */
const carriers = ["input", "command", "lastNodeError"] as const

/** Returns an error as it may be logged, as the cause of another. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof Error && carriers.some((name) => name in error))) return error
  const { name, message, stack } = error
  return Object.assign(new Error(message), { name, stack })
}

/** How a client is opened and closed. */
interface Opening<Client> {
  /** Names the server in errors. */
  readonly name: string
  readonly open: () => Promise<Client>
  /** Tells whether it can still be used. Default: always; it connects anew by itself. */
  readonly isUsable?: (client: Client) => boolean
  readonly close: (client: Client) => unknown
}

/** A client that is opened when it is needed: at first, and where the one before is of no use any more. */
export function opened<Client>(opening: Opening<Client>): Required<Source<Client>> {
  const { name, open, isUsable = () => true, close } = opening
  let client: Client | undefined
  let pending: Promise<Client> | undefined
  let isClosed = false

  function forget(): void {
    client = pending = undefined
  }

  async function start(): Promise<Client> {
    try {
      client = await open()
      return client
    } catch (error) {
      forget()
      throw error
    }
  }

  return {
    async use() {
      if (isClosed) throw new StorageUnavailable(name, "the storage was closed")
      if (client !== undefined && !isUsable(client)) forget()
      pending ??= start()
      return pending
    },
    drop(lost) {
      if (lost !== client) return
      forget()
      close(lost)
    },
    async close() {
      isClosed = true
      // What could not be opened need not be closed.
      const last = await pending?.catch(() => undefined)
      if (last === undefined || last !== client) return
      forget()
      await close(last)
    },
  }
}

/**
 * Does something at the first call, and at the next one where that failed. All calls resolve to the same. What may never
 * be answered has to be asked within a time: all others would wait for it.
 */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined
      throw error
    })
    return done
  }
}

/**
 * Loads the package of a client.
 *
 * @param load Imports it.
 * @throws {MissingStorageClient}
 */
export async function loadClient<Module>(
  { subpath, name }: { readonly subpath: string; readonly name: string },
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    throw new MissingStorageClient(subpath, name, cause)
  }
}

/** How many characters a version has. */
export const versionLength = 36

/** Makes a version that comes twice in no process. */
export function newVersion(): Version {
  return crypto.randomUUID()
}

/** Says when a value ceases to exist by the clock of this process, of what the server says is left of its life. */
export function toExpiry(left: number | undefined): number | undefined {
  return left === undefined ? undefined : Date.now() + left
}

/** How many keys a page of a list has unless the caller says. */
export const pageSize = 1000
