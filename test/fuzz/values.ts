import type { Random } from "./random.ts"

/** A JSON value, or a piece of JSON text that no value can express. */
export type Json =
  | null
  | boolean
  | number
  | string
  | RawJson
  | readonly Json[]
  | { readonly [name: string]: Json }

/** JSON text that goes out as it is: other spellings, duplicate keys, nesting too deep to build. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Writes JSON as `JSON.stringify` does, with the raw pieces where they stand. */
export function toText(value: Json): string {
  if (value instanceof RawJson) return value.text
  if (Array.isArray(value)) return `[${value.map(toText).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${toText(member)}`)
  return `{${members.join(",")}}`
}

/** A value that is seldom what is expected. */
export function hostileValue(random: Random): Json {
  return random.weighted<Json>([
    [6, () => random.pick([null, true, false, 0, -0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308, 42])],
    [6, () => hostileString(random)],
    [3, () => random.pick<Json>([[], {}, [[]], [null], { a: 1 }, [1, "a", {}]])],
    [
      3,
      () =>
        random.pick(
          trapKeys.map(
            (key) => new RawJson(`{${JSON.stringify(key)}:${random.pick(["null", "1", '"x"', "{}"])}}`),
          ),
        ),
    ],
    [
      2,
      () =>
        new RawJson(
          random.pick(["1e400", "-1e400", "1E+2", "-0", "1.0", '"\\ud800"', '"\\u0000"', '{"a":1,"a":2}']),
        ),
    ],
    [2, () => nested(random, random.pick([10, 100, 300, 1000, 5000]))],
    [0.1, () => nested(random, 100_000)],
    [1, () => Array.from({ length: random.pick([100, 1000]) }, (_, index) => index)],
    [0.5, () => "x".repeat(random.pick([1000, 10_000, 100_000]))],
  ])
}

export function hostileString(random: Random): string {
  return random.pick([
    "",
    " ",
    "\0",
    "\r\n",
    "\u2028",
    "😀",
    "\ud800",
    "ÄÖ\u0301",
    "../../etc/passwd",
    "..%2f..%2f",
    "%00",
    "%",
    "%zz",
    "__proto__",
    "constructor",
    "toString",
    "data://",
    "data://notes/%2e%2e/x",
    "://",
    "a".repeat(300),
    "=?base64?eA==?=",
    "=?base64?*?=",
    "2025-11-25",
    "2026-07-28",
    "9999-99-99",
    '"},{"',
    "<script>",
    "1",
    "NaN",
    "null",
  ])
}

/** Keys that objects have without having been given them. */
export const trapKeys: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "toJSON",
  "then",
  "hasOwnProperty",
  "length",
]

function nested(random: Random, depth: number): RawJson {
  const [left, right] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
    ['[{"":', "}]"],
  ] as const)
  return new RawJson(`${left.repeat(depth)}1${right.repeat(depth)}`)
}
