import { InexpressibleSchema } from "../errors/schema.ts"
import { isObject } from "./keywords.ts"
import type { JsonSchema } from "./schema.ts"

/** The keyword that marks, in what a library has converted, a part that JSON Schema cannot say. */
const mark = "x-fleetmcp-inexpressible"

/** What cannot be said: the library's name for it, and its sentence about it. */
export interface Reason {
  readonly kind: string
  readonly said: string
}

/** Makes a schema that stands for something JSON Schema cannot say, until {@link findMark} meets it. */
export function marked(kind: string, said: string): { [keyword: string]: unknown } {
  return { [mark]: { kind, said } }
}

/** Finds the first marked part of a converted schema, with the keywords that lead to it. */
export function findMark(
  json: unknown,
): { readonly tokens: readonly string[]; readonly reason: Reason } | undefined {
  const open: { readonly value: unknown; readonly tokens: readonly string[] }[] = [
    { value: json, tokens: [] },
  ]
  const seen = new Set<unknown>()
  for (const { value, tokens } of open) {
    if (typeof value !== "object" || value === null || seen.has(value)) continue
    seen.add(value)
    if (isObject(value) && Object.hasOwn(value, mark)) return { tokens, reason: reasonOf(value) }
    for (const [name, part] of Object.entries(value)) open.push({ value: part, tokens: [...tokens, name] })
  }
  return undefined
}

/** Turns the keywords that lead to a part of a schema into the path of the value it describes: `items[].when`. */
export function valuePath(tokens: readonly string[]): string {
  let path = ""
  for (let at = 0; at < tokens.length; at++) {
    const [keyword, name = ""] = tokens.slice(at)
    if (keyword === "properties") path += path === "" ? name : `.${name}`
    else if (keyword === "prefixItems") path += `[${name}]`
    else if (keyword === "$defs") path = name
    else if (keyword === "items") path += "[]"
    else if (keyword === "additionalProperties" || keyword === "patternProperties") path += ".*"
    const named = ["properties", "prefixItems", "$defs", "patternProperties", "anyOf", "oneOf", "allOf"]
    if (named.includes(keyword ?? "")) at++
  }
  return path
}

/** Makes the error for a part that JSON Schema cannot say, with the remedy for its kind. */
export function inexpressible(
  subject: string,
  path: string,
  { kind, said, cause }: Reason & { readonly cause?: unknown },
): InexpressibleSchema {
  const row = Object.hasOwn(remedies, kind) ? remedies[kind] : undefined
  const [what, fix] = row ?? [`is something JSON does not have (${said})`, plain]
  return new InexpressibleSchema(subject, path, { what, fix, ...(cause !== undefined && { cause }) })
}

const plain = "Use what JSON has: strings, numbers, booleans, null, arrays and objects."
const afterTransform =
  "Say what it returns: `.transform(fn).pipe(z.number())` in zod, a schema after `v.transform(fn)` in valibot, `.pipe(fn, type.number)` in arktype."

const remedies: { readonly [kind: string]: readonly [what: string, fix: string] } = {
  date: [
    "is a `Date`, which JSON does not have",
    'Take an ISO string and convert it in the handler: `z.iso.datetime()` in zod, `v.pipe(v.string(), v.isoTimestamp())` in valibot, `"string.date.iso"` in arktype.',
  ],
  transform: ["is what a transform returns, of which nothing is known", afterTransform],
  morph: ["is what a morph returns, of which nothing is known", afterTransform],
  bigint: ["is a `bigint`, which JSON does not have", "Use an integer, or a string of digits."],
  map: ["is a `Map`, which JSON does not have", "Use a record: `z.record(z.string(), …)` in zod."],
  set: ["is a `Set`, which JSON does not have", "Use an array."],
  function: ["is a function, which JSON does not have", plain],
  symbol: ["is a symbol, which JSON does not have", plain],
  promise: [
    "is a promise, which JSON does not have",
    "Describe what the promise gives, and await it before.",
  ],
  file: ["is a file, which JSON does not have", "Take base64 text: `z.base64()` in zod."],
  undefined: [
    "may be `undefined`, which JSON does not have",
    'Make the property optional instead: `.optional()` in zod, `v.optional(…)` in valibot, `"name?"` in arktype.',
  ],
}

function reasonOf(schema: JsonSchema): Reason {
  const held = schema[mark]
  const { kind, said } = isObject(held) ? held : {}
  return { kind: typeof kind === "string" ? kind : "", said: typeof said === "string" ? said : "" }
}
