import { isObject } from "../protocol/jsonrpc.ts"
import { isTexts } from "../shared/is-texts.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { isMediaType } from "./content-media.ts"

/** What the value of an option must be, and the words for it: "a string". */
export interface OptionTest {
  readonly holds: (value: unknown) => boolean
  readonly expected: string
  /** What it is of those that values must have and this one has not. */
  readonly lacks?: string
  /** Keeps the value out of the message. */
  readonly isSecret?: boolean
}

/** The kinds that options of several things have. */
export const optionKinds: {
  readonly [kind in
    | "any"
    | "string"
    | "mediaType"
    | "boolean"
    | "function"
    | "object"
    | "list"
    | "strings"
    | "count"
    | "size"
    | "ms"
    | "graceMs"
    | "timeout"
    | "port"
    | "host"]: OptionTest
} = {
  /** What is checked elsewhere. */
  any: { holds: () => true, expected: "" },
  string: { holds: (value) => typeof value === "string", expected: "a string" },
  mediaType: {
    holds: (value) => typeof value === "string" && isMediaType(value),
    expected: "a media type, such as `text/plain`",
  },
  boolean: { holds: (value) => typeof value === "boolean", expected: "`true` or `false`" },
  function: { holds: (value) => typeof value === "function", expected: "a function" },
  object: { holds: isObject, expected: "an object" },
  list: { holds: Array.isArray, expected: "a list" },
  strings: { holds: isTexts, expected: "a list of strings" },
  count: { holds: (value) => isWhole(value, 1), expected: "a whole number above 0" },
  size: { holds: (value) => isWhole(value, 0), expected: "a whole number, 0 or more" },
  ms: {
    holds: (value) => isTime(value) && value > 0,
    expected: "a number of milliseconds above 0 and below 2,147,483,648",
  },
  graceMs: { holds: isTime, expected: "a number of milliseconds, 0 or more and below 2,147,483,648" },
  timeout: {
    holds: (value) => typeof value === "number" && value > 0,
    expected: "a number of milliseconds above 0; `Infinity` is no limit",
  },
  port: {
    holds: (value) => isWhole(value, 0) && value <= 65_535,
    expected: "a whole number from 0 to 65,535",
  },
  host: {
    holds: (value) => typeof value === "string" && /^[^\s/[\]]+$/.test(value),
    expected: "an address such as `127.0.0.1`",
  },
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < longestTimer + 1
}
