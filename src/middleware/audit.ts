import { assertOptions, type KnownOptions } from "../components/options.ts"
import { AuditUnavailable } from "../errors/audit.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware, MiddlewareHooks } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { clip } from "../shared/clip.ts"
import { assertSecrets } from "../shared/secrets.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { createArguments } from "./audit-arguments.ts"
import { type AuditKey, createDigest, type Digest } from "./audit-chain.ts"
import { type AuditEntry, type AuditRecord, describeCall, describeEnd, whoIs } from "./audit-record.ts"
import { storageSink } from "./audit-storage.ts"
import { type AuditHead, type AuditSink, type AuditWriter, createWriter } from "./audit-writer.ts"
import { createWriters } from "./audit-writers.ts"
import { withHandle } from "./shared-handle.ts"

export type { AuditKey } from "./audit-chain.ts"
export type { AuditEntry, AuditRecord } from "./audit-record.ts"
export { type ReadAuditOptions, readAudit } from "./audit-storage.ts"
export { type AuditVerdict, type VerifyAuditOptions, verifyAudit } from "./audit-verify.ts"
export type { AuditHead } from "./audit-writer.ts"

/** What is written down, and where. */
export interface AuditOptions {
  /** Takes the records: a storage, or a function that gets them one after the other. */
  readonly to: StorageDriver | ((record: AuditRecord) => unknown)
  /**
   * What happens while records cannot be written. `log`: the server goes on, and its log and the next record say what is
   * lost. `refuse`: that a call starts is written before it runs, and a call of which that fails is refused. Default `log`.
   */
  readonly onFailure?: "log" | "refuse"
  /** Whether each record holds a digest of the one before. Default `true`. */
  readonly chain?: boolean
  /** Makes the digests such that only those who have it can, and those of arguments. Default: none. */
  readonly key?: AuditKey
  /** Names the writer, such as a replica; a random part is added. Default `fleetmcp`. */
  readonly writer?: string
  /** The methods that are recorded. Default: all. */
  readonly methods?: readonly string[]
  /** Whether notifications of clients are recorded too. Default `false`. */
  readonly notifications?: boolean
  /** Whether records hold a digest of the arguments of tools and prompts. Default `true`. */
  readonly argumentsDigest?: boolean
  /**
   * Makes what may be seen of the arguments of a tool or prompt; what is no JSON, or longer than 10,000 characters, is left
   * out. Default: records hold none.
   */
  readonly redact?: (args: unknown, call: Call) => unknown
  /** For how many milliseconds a storage keeps records. Default: for as long as it does. */
  readonly ttl?: number
  /** How many records may wait to be written, of each server. Default 10,000. */
  readonly maxQueued?: number
  /** How many milliseconds one may take to be written. Default 5,000. */
  readonly writeTimeout?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** The middleware, and how its records fare. */
export interface Audit {
  /** Waits until all that was recorded is written or lost. */
  flush(): Promise<void>
  /** The last record of each chain, of the last hundred servers that were closed too; keep it where the records are not, and give it to `verifyAudit()`. */
  heads(): readonly AuditHead[]
  /** How many records were written, may be lost, and wait. */
  counts(): { readonly written: number; readonly lost: number; readonly queued: number }
}

const known: KnownOptions = {
  kinds: {
    to: {
      holds: (value) => typeof value === "function" || isDriver(value),
      expected: "a storage or a function",
    },
    onFailure: ["log", "refuse"],
    chain: "boolean",
    key: {
      holds: (value) => typeof value === "string" || value instanceof Uint8Array,
      expected: "a text or bytes",
      isSecret: true,
    },
    writer: {
      holds: (value) => typeof value === "string" && /^[\w.-]{1,64}$/.test(value),
      expected: "1 to 64 letters, digits, `_`, `-` or `.`",
    },
    methods: "strings",
    notifications: "boolean",
    argumentsDigest: "boolean",
    redact: "function",
    ttl: "timeout",
    maxQueued: "count",
    writeTimeout: "timeout",
    now: "function",
  },
  required: ["to"],
}

/**
 * Makes the middleware that records who called what, and how it ended; calls that are refused further in, too.
 *
 * @param options `to`, and what may be left out: `onFailure`, `chain`, `key`, `writer`, `methods`, `notifications`,
 * `argumentsDigest`, `redact`, `ttl`, `maxQueued`, `writeTimeout`, `now`.
 * @throws {InvalidOption}
 * @throws {WeakSecret} The key can be guessed.
 * @throws {UnknownOption} FLEET-09
 * @see https://www.rfc-editor.org/rfc/rfc8785 for what is hashed
 * @example
 * const trail = audit({ to: (record) => console.error(JSON.stringify(record)) })
 * const mcp = new FleetMCP("Orders", { middleware: [trail] })
 */
export function audit(options: AuditOptions): Middleware & Audit {
  assertOptions("`audit()`", options, known)
  const { key, chain = true, to, ttl } = options
  if (key !== undefined) assertSecrets([key])
  if (ttl !== undefined && typeof to === "function")
    throw new InvalidOption("The option `ttl` of `audit()`", quoted(ttl), "Give it with a storage only.")
  const digest = createDigest(key)
  const sink: AuditSink = typeof to === "function" ? { write: to, concurrency: 1 } : storageSink(to, ttl)
  const writers = createWriters()

  function attach(server: MiddlewareServer): MiddlewareHooks {
    const { writer = "fleetmcp", maxQueued = 10_000, writeTimeout = 5000 } = options
    const made = createWriter({
      name: `${writer}-${crypto.randomUUID()}`,
      sink,
      digest: chain ? digest : undefined,
      maxQueued,
      writeTimeout,
      log: server.log,
    })
    server.onClose(writers.add(made))
    return hooksFor(server, { options, writer: made, digest })
  }

  const middleware = defineMiddleware({
    name: "audit",
    after: ["errors", "timing"],
    before: ["auth", "rateLimit", "slidingWindow", "concurrency", "cache"],
    attach,
  })
  return withHandle(middleware, {
    flush: async () => void (await Promise.all(writers.all().map((writer) => writer.flush()))),
    heads: () => writers.all().flatMap(({ head = [] }) => head),
    counts: writers.counts,
  })
}

interface HookParts {
  readonly options: AuditOptions
  readonly writer: AuditWriter
  readonly digest: Digest
}

function hooksFor(server: MiddlewareServer, { options, writer, digest }: HookParts): MiddlewareHooks {
  const { onFailure = "log", methods, notifications = false, now } = options
  const time = now ?? Date.now
  const clock = now ?? (() => performance.now())
  const argumentsFor = createArguments(options, { digest, log: server.log })
  const isRefusing = onFailure === "refuse"

  /** Records what nobody waits for. What cannot be is counted and logged by the writer. */
  function note(entry: AuditEntry): Promise<void> {
    try {
      return writer.add(entry).written.catch(() => undefined)
    } catch {
      // Too many wait; the writer has said so.
      return Promise.resolve()
    }
  }

  async function noteStart(entry: Omit<AuditEntry, "kind" | "time">): Promise<number> {
    try {
      const { seq, written } = writer.add({ kind: "start", time: time(), ...entry })
      await written
      return seq
    } catch (error) {
      throw error instanceof AuditUnavailable ? error : new AuditUnavailable(error)
    }
  }

  server.lifespan(async () => async () => {
    // Where too many wait there is no room for the last.
    await writer.flush()
    void note({ kind: "close", time: time() })
    await writer.flush()
  })

  return {
    async request(call, next) {
      if (methods !== undefined && !methods.includes(call.method)) return next()
      const started = clock()
      const about = { ...(await describeCall(call)), ...(await argumentsFor(call)) }
      const start = isRefusing ? { start: await noteStart(about) } : undefined

      async function noteEnd(
        end: { readonly outcome: Outcome } | { readonly error: unknown },
      ): Promise<void> {
        const durationMs = Math.max(Math.round((clock() - started) * 1000) / 1000, 0)
        const noted = note({
          kind: "call",
          time: time(),
          ...start,
          ...about,
          ...describeEnd(call, end),
          durationMs,
        })
        // What has happened is answered, whether or not it was written: who is refused would try it again.
        if (isRefusing) await noted
      }

      try {
        const outcome = await next()
        await noteEnd({ outcome })
        return outcome
      } catch (error) {
        await noteEnd({ error })
        throw error
      }
    },
    ...(notifications && {
      async notification({ method, principal }, next) {
        void note({ kind: "notification", time: time(), method: clip(method), ...whoIs(principal) })
        await next()
      },
    }),
  }
}

function isDriver(value: unknown): boolean {
  return typeof value === "object" && value !== null && "write" in value && typeof value.write === "function"
}
