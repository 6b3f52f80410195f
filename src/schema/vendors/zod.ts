import { MissingConverter, OutdatedZod } from "../../errors/schema.ts"
import { marked } from "../inexpressible.ts"
import { isObject } from "../keywords.ts"
import { isAny, read } from "../peek.ts"
import type { Conversion, Vendor } from "../vendor.ts"

/** zod 4 and zod/mini; zod 3 is recognised, to be refused. */
export const zod: Vendor = {
  options: (find) => (find ? { unrepresentable: mark, override: markAndMend } : { override: mend }),
  refuse,
}

/** Finds a schema of zod 3 inside one of zod 4, and the path of the value it describes. */
export function findOldZod(schema: unknown): string | undefined {
  const open: { readonly value: unknown; readonly path: string }[] = [{ value: schema, path: "" }]
  const seen = new Set<unknown>()
  for (const { value, path } of open) {
    if (seen.size > 10_000 || !isAny(value) || seen.has(value)) continue
    seen.add(value)
    if (isOldZod(value)) return path
    for (const [step, part] of partsOf(value)) {
      const name = step.startsWith("[") || path === "" ? step : `.${step}`
      open.push({ value: part, path: `${path}${step === "" ? "" : name}` })
    }
  }
  return undefined
}

/** Tells whether a value is a schema of zod 3. */
export function isOldZod(value: unknown): boolean {
  if (!isAny(value) || value._def === undefined) return false
  const typeName = read(value, "_def", "typeName")
  return typeof typeName === "string" && typeName.startsWith("Zod") && read(value, "_zod") === undefined
}

function refuse(schema: unknown, { side, subject }: Conversion): OutdatedZod | MissingConverter {
  if (isOldZod(schema)) return new OutdatedZod(subject)
  const { major, minor } = Object(read(schema, "_zod", "version"))
  if (major === 4 && minor < 2) {
    return new MissingConverter(subject, `zod ${major}.${minor}`, "Run `npm install zod@^4.2`.")
  }
  const call = side === "input" ? 'z.toJSONSchema(schema, { io: "input" })' : "z.toJSONSchema(schema)"
  return new MissingConverter(
    subject,
    "zod/mini",
    `Write \`${call}\`, with \`z\` from \`zod/mini\`, in its place.`,
  )
}

/** The schemas directly inside one of zod 4, with the step of the path that leads to each. */
function partsOf(schema: unknown): (readonly [step: string, part: unknown])[] {
  const def = read(schema, "_zod", "def")
  if (!isAny(def)) return []
  const shape = read(def, "shape")
  const inside = ["innerType", "in", "out", "left", "right", "valueType", "keyType"].map((name) =>
    read(def, name),
  )
  const options = read(def, "options")
  const items = read(def, "items")
  return [
    ...(isObject(shape) ? Object.entries(shape) : []),
    ["[]", read(def, "element")],
    ...(Array.isArray(items) ? items.map((item, at) => [`[${at}]`, item] as const) : []),
    ...[...inside, ...(Array.isArray(options) ? options : [])].map((part) => ["", part] as const),
  ]
}

/** Kinds that zod refuses; up to 4.5 it could only be asked to leave them out. */
const kinds = [
  "bigint",
  "custom",
  "date",
  "function",
  "map",
  "nan",
  "set",
  "symbol",
  "transform",
  "undefined",
  "void",
]

function mark(context: unknown): { [keyword: string]: unknown } {
  const type = String(read(context, "zodSchema", "_zod", "def", "type"))
  const said = String(read(context, "message"))
  return marked(/undefined|void/i.test(said) ? "undefined" : type, said)
}

function markAndMend(context: unknown): void {
  mend(context)
  const type = String(read(context, "zodSchema", "_zod", "def", "type"))
  const json = read(context, "jsonSchema")
  if (kinds.includes(type) && isAny(json) && Object.keys(json).length === 0) {
    Object.assign(json, marked(type, `the zod type \`${type}\``))
  }
}

/** Marks what zod describes as something else, and takes back what it says wrongly. */
function mend(context: unknown): void {
  const json = read(context, "jsonSchema")
  const type = read(context, "zodSchema", "_zod", "def", "type")
  if (!isAny(json)) return
  if (type === "promise" || type === "file") Object.assign(json, marked(type, `the zod type \`${type}\``))
  // What every integer of JavaScript is between tells neither people nor models anything.
  if (json.type === "integer" && json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
  if (json.type === "integer" && json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
  const flagged = patternsOf(read(context, "zodSchema")).filter((pattern) => /[ims]/.test(pattern.flags))
  for (const { source } of flagged) withoutPattern(json, source)
}

/** The regular expressions a zod schema checks. JSON Schema has no flags, so one with flags cannot be said. */
function patternsOf(schema: unknown): RegExp[] {
  const checks = read(schema, "_zod", "def", "checks")
  const bag = read(schema, "_zod", "bag", "patterns")
  const all = [
    read(schema, "_zod", "def", "pattern"),
    ...(Array.isArray(checks) ? checks.map((check) => read(check, "_zod", "def", "pattern")) : []),
    ...(bag instanceof Set ? bag : []),
  ]
  return all.filter((pattern) => pattern instanceof RegExp)
}

function withoutPattern(json: { [keyword: string]: unknown }, source: string): void {
  if (json.pattern === source) delete json.pattern
  if (!Array.isArray(json.allOf)) return
  const rest = json.allOf.filter((part) => read(part, "pattern") !== source)
  if (rest.length === 0) delete json.allOf
  else json.allOf = rest
}
