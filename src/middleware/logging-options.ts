import type { KnownOptions, OptionKind } from "../components/options.ts"
import type { Call } from "../protocol/call.ts"
import type { Principal } from "../protocol/principal.ts"
import type { Notice } from "../server/middleware.ts"
import type { ServerLog } from "../server/server-log.ts"
import { isTexts } from "../shared/is-texts.ts"
import type { CallRecord } from "./logging-record.ts"
import { isPath, lettersOf } from "./logging-redact.ts"

/** What is logged, how much of it, and where. */
export interface LoggingOptions {
  /** The least that is logged. Default `info`. */
  readonly level?: "debug" | "info" | "warning" | "error"
  /** Whether the beginning of a request is logged too. Default `false`. */
  readonly start?: boolean
  /** The methods that are logged: `tools/call`, `tools/*`, and with `!` before it, all but those. Default `["!ping"]`. */
  readonly methods?: readonly string[]
  /** Whether arguments and results are logged, or which of them. Default `false`. */
  readonly payloads?: boolean | "arguments" | "results"
  /** The most characters of each payload. Default 1,000. */
  readonly maxPayloadLength?: number
  /**
   * What is hidden in payloads besides passwords, tokens and the like: names (`iban`), paths (`arguments.user.email`,
   * `result.*.email`), or a function that says `true` to hide, `false` to show, and `undefined` to go by the names.
   * Default: nothing more.
   */
  readonly redact?: readonly string[] | ((path: readonly string[], value: unknown) => boolean | undefined)
  /** Whether the bytes of arguments and results are counted. Default `false`. */
  readonly sizes?: boolean
  /** Whether the tokens of arguments and results are estimated. Default `false`. */
  readonly tokens?: boolean
  /** Whether the key of who calls is logged, or what of them. Default `false`. */
  readonly principal?: boolean | ((principal: Principal) => string | undefined)
  /** The share of what went well that is logged, from 0 to 1, or what says so. What did not is always. Default 1. */
  readonly sample?: number | ((message: Call | Notice) => number | boolean)
  /** Says what else is to be logged, when the call has ended. Default: nothing. */
  readonly fields?: (message: Call | Notice) => { readonly [name: string]: unknown }
  /** Where it goes. Default: the server's own log. */
  readonly log?: ServerLog
  /** Milliseconds, for times and durations, for tests. Default: `Date.now` and `performance.now`. */
  readonly now?: () => number
  /** A number from 0 to 1, for the share. Default `Math.random`. */
  readonly random?: () => number
}

/** What is logged in fields, how much of it, and where. */
export interface StructuredLoggingOptions extends LoggingOptions {
  /** Takes each record, in place of a log. Default: the server's own log. */
  readonly sink?: (record: CallRecord) => void | Promise<void>
}

const redactKind: OptionKind = {
  holds: (value) =>
    typeof value === "function" ||
    (isTexts(value) && value.every((text) => isPath(text) || lettersOf(text) !== "")),
  expected: "a list of names and paths, or a function",
}

const kinds: { readonly [option in keyof LoggingOptions]-?: OptionKind } = {
  level: ["debug", "info", "warning", "error"],
  start: "boolean",
  methods: {
    holds: (value) => isTexts(value) && value.length > 0 && value.every((text) => /^!?[^*!]*\*?$/.test(text)),
    expected: 'a list of methods, such as `["tools/*", "!tools/list"]`',
  },
  payloads: {
    holds: (value) => typeof value === "boolean" || value === "arguments" || value === "results",
    expected: '`true`, `false`, `"arguments"` or `"results"`',
  },
  maxPayloadLength: "count",
  redact: redactKind,
  sizes: "boolean",
  tokens: "boolean",
  principal: {
    holds: (value) => typeof value === "boolean" || typeof value === "function",
    expected: "`true`, `false` or a function",
  },
  sample: {
    holds: (value) => typeof value === "function" || (typeof value === "number" && value >= 0 && value <= 1),
    expected: "a number from 0 to 1, or a function",
  },
  fields: "function",
  log: "function",
  now: "function",
  random: "function",
}

/** What other frameworks call the same. */
const foreign: { readonly [name: string]: string } = {
  logger: "Use `log`.",
  log_level: "Use `level`.",
  logLevel: "Use `level`.",
  include_payloads: "Use `payloads`.",
  includePayloads: "Use `payloads`.",
  include_payload_length: "Use `sizes`.",
  includePayloadLength: "Use `sizes`.",
  estimate_payload_tokens: "Use `tokens`.",
  estimatePayloadTokens: "Use `tokens`.",
  max_payload_length: "Use `maxPayloadLength`.",
  payload_serializer: "Use `redact` to hide what is secret.",
  payloadSerializer: "Use `redact` to hide what is secret.",
}

/** The options of `logging()`. */
export const loggingOptions: KnownOptions = {
  kinds,
  foreign: { ...foreign, sink: "Use `log`, or `structuredLogging()`." },
}

/** The options of `structuredLogging()`. */
export const structuredOptions: KnownOptions = { kinds: { ...kinds, sink: "function" }, foreign }

/** Says which methods are logged. */
export function methodFilter(patterns: readonly string[]): (method: string) => boolean {
  const denied = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1))
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"))
  return (method) => (wanted.length === 0 || isAny(wanted, method)) && !isAny(denied, method)
}

function isAny(patterns: readonly string[], method: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? method.startsWith(pattern.slice(0, -1)) : method === pattern,
  )
}

/** Says whether what went well is to be logged. What says so and fails has it logged. */
export function sampler(
  sample: NonNullable<LoggingOptions["sample"]>,
  random: () => number,
): (message: Call | Notice) => boolean {
  if (sample === 1) return () => true
  if (typeof sample === "number") return () => random() < sample
  return (message) => {
    try {
      const share = sample(message)
      return typeof share === "boolean" ? share : !(random() >= share)
    } catch {
      // Too much is logged rather than too little.
      return true
    }
  }
}
