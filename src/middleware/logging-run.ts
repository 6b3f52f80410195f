import type { Call, Outcome } from "../protocol/call.ts"
import type { MiddlewareHooks, Notice } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { isThenable } from "../shared/maybe-promise.ts"
import { type Ending, endingOf, endingOfError, type LogLevel } from "./logging-ending.ts"
import { type LoggingOptions, methodFilter, sampler } from "./logging-options.ts"
import { argumentsOf, type PayloadOptions, shownPayload } from "./logging-payload.ts"
import {
  type CallRecord,
  type Contents,
  namePrincipal,
  type RecordParts,
  recordOfCall,
  recordOfNotice,
} from "./logging-record.ts"
import { createRedactor } from "./logging-redact.ts"
import { bytesOf, jsonText, resultOf, resultText, tokensOf } from "./logging-size.ts"
import { oneLine } from "./logging-text.ts"

const levels: readonly LogLevel[] = ["debug", "info", "warning", "error"]

/** The most fields of one's own in a record, and characters of each. */
const mostFields = 32
const longestField = 256

/** Takes records to where they go. */
export type WriteRecord = (record: CallRecord) => unknown

/**
 * Makes the hooks that log for a server.
 *
 * @param write Takes each record. What it throws or rejects with is told once, and fails no call.
 */
export function loggingHooks(
  server: Pick<MiddlewareServer, "info" | "log">,
  options: LoggingOptions,
  write: WriteRecord,
): MiddlewareHooks {
  const { level = "info", start = false, methods = ["!ping"], now } = options
  const { payloads = false, sizes = false, tokens = false, principal = false } = options
  const wants = methodFilter(methods)
  const isSampled = sampler(options.sample ?? 1, options.random ?? Math.random)
  const least = levels.indexOf(level)
  // The time of day may go back while a call runs.
  const clock = now ?? (() => performance.now())
  const payload: PayloadOptions = {
    most: options.maxPayloadLength ?? 1000,
    redactor: createRedactor(options.redact),
  }
  const name = oneLine(server.info.name, longestField)
  const withArguments = payloads === true || payloads === "arguments"
  const withResults = payloads === true || payloads === "results"
  let hasComplained = false

  function complain(error: unknown): void {
    if (hasComplained) return
    hasComplained = true
    server.log({ level: "error", message: "What is logged of calls could not be written; said once", error })
  }

  /** Whatever goes wrong in here must not fail the call that it is about. */
  function safely<T>(run: () => T): T | undefined {
    try {
      return run()
    } catch (error) {
      complain(error)
      return undefined
    }
  }

  function emit(make: () => CallRecord): void {
    safely(() => {
      const done = write(make())
      if (isThenable(done)) Promise.resolve(done).catch(complain)
    })
  }

  function isLogged(recordLevel: LogLevel): boolean {
    return levels.indexOf(recordLevel) >= least
  }

  function partsOf(message: Call | Notice, known: Known): RecordParts {
    const caller = "peer" in message ? message.peer.principal : message.principal
    return {
      time: new Date((now ?? Date.now)()).toISOString(),
      ...known,
      server: name,
      principal: principal === false ? undefined : safely(() => namePrincipal(principal, caller)),
      scrub: payload.redactor.scrub,
    }
  }

  function contentsOf(message: Call | Notice, { shown, ending, outcome }: Seen): Contents {
    const params = argumentsOf(message.params)
    const argumentsText = sizes || tokens ? jsonText(params) : undefined
    const answer = outcome && (sizes || tokens) ? resultText(outcome) : undefined
    const said = ending?.errorMessage
    return {
      argumentsBytes: sizes ? bytesOf(argumentsText) : undefined,
      resultBytes: sizes ? bytesOf(answer) : undefined,
      argumentsTokens: tokens ? tokensOf(argumentsText) : undefined,
      resultTokens: tokens ? tokensOf(answer) : undefined,
      fields: options.fields && safely(() => ownFields(options.fields?.(message) ?? {}, payload)),
      errorMessage:
        withResults && said ? oneLine(payload.redactor.scrub(said.slice(0, 2000)), longestField) : undefined,
      arguments: withArguments ? (shown ?? shownPayload(params, "arguments", payload)) : undefined,
      result: withResults && outcome ? shownPayload(resultOf(outcome), "result", payload) : undefined,
    }
  }

  const looksInside = payloads !== false || sizes || tokens || options.fields !== undefined

  function end(call: Call, seen: Seen & { readonly ending: Ending; readonly started: number }): void {
    const { ending, started } = seen
    emit(() => {
      const durationMs = since(clock, started)
      const contents = looksInside ? contentsOf(call, seen) : undefined
      const known = { level: ending.level, event: "request", ending, durationMs, contents } as const
      return recordOfCall(call, partsOf(call, known))
    })
  }

  return {
    async request(call, next) {
      if (!wants(call.method)) return next()
      const started = clock()
      const sampled = isSampled(call)
      const goesOn = sampled && isLogged("info")
      // Now, since a handler may change what it was given.
      const shown =
        goesOn && withArguments
          ? safely(() => shownPayload(argumentsOf(call.params), "arguments", payload))
          : undefined
      if (start && goesOn) {
        const contents: Contents | undefined = shown === undefined ? undefined : { arguments: shown }
        emit(() => recordOfCall(call, partsOf(call, { level: "info", event: "start", contents })))
      }
      let outcome: Outcome
      try {
        outcome = await next()
      } catch (error) {
        const ending = endingOfError(error)
        if (isLogged(ending.level) && (sampled || ending.level !== "info"))
          end(call, { started, shown, ending })
        throw error
      }
      const ending = safely(() => endingOf(outcome))
      if (ending && isLogged(ending.level) && (sampled || ending.level !== "info"))
        end(call, { started, shown, ending, outcome })
      return outcome
    },
    async notification(notice, next) {
      if (!wants(notice.method)) return next()
      const started = clock()
      let ending: Ending = { level: "info", outcome: "ok" }
      try {
        await next()
      } catch (error) {
        ending = endingOfError(error)
        throw error
      } finally {
        if (isLogged(ending.level) && (ending.level !== "info" || isSampled(notice)))
          emit(() => {
            const contents = looksInside ? contentsOf(notice, { shown: undefined, ending }) : undefined
            const durationMs = since(clock, started)
            const known = {
              level: ending.level,
              event: "notification",
              ending,
              durationMs,
              contents,
            } as const
            return recordOfNotice(notice, partsOf(notice, known))
          })
      }
    },
  }
}

/** What is known of a record when it is made. */
type Known = Pick<RecordParts, "level" | "event"> & Partial<RecordParts>

/** What was seen of a call. */
interface Seen {
  /** Its arguments as they came, if they were shown then. */
  readonly shown: string | undefined
  readonly ending?: Ending
  readonly outcome?: Outcome
}

/** To the microsecond; what is below is noise. */
function since(clock: () => number, started: number): number {
  return Math.max(0, Math.round((clock() - started) * 1000) / 1000)
}

function ownFields(
  given: { readonly [name: string]: unknown },
  payload: PayloadOptions,
): CallRecord["fields"] {
  const fields: { [name: string]: string | number | boolean } = {}
  for (const [name, value] of Object.entries(given).slice(0, mostFields)) {
    if (value === undefined) continue
    fields[oneLine(name, 64)] = ownField(name, value, payload)
  }
  return fields
}

function ownField(name: string, value: unknown, { redactor }: PayloadOptions): string | number | boolean {
  if (redactor.hides(["fields", name], value)) return "[redacted]"
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value
  if (typeof value === "string") return oneLine(redactor.scrub(value.slice(0, 2000)), longestField)
  return shownPayload(value, "fields", { most: longestField, redactor })
}
