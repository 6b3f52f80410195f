import { marked } from "../inexpressible.ts"
import { mapSubschemas, type Subschema } from "../keywords.ts"
import { isAny, read } from "../peek.ts"
import type { JsonSchema } from "../schema.ts"
import type { Vendor } from "../vendor.ts"

/** arktype. */
export const arktype: Vendor = { options: () => ({ fallback }), mend }

type Fallback = (context: unknown) => unknown

const base: Fallback = (context) => read(context, "base")

/** Without these arktype describes what it cannot say as `{}`; a predicate is a check that validation still makes. */
const fallback: { readonly [code: string]: Fallback } = {
  default: (context) =>
    marked(String(read(context, "code")), `the arktype node \`${String(read(context, "code"))}\``),
  domain: (context) =>
    marked(String(read(context, "domain")), `the type \`${String(read(context, "domain"))}\``),
  unit: (context) => {
    const value = read(context, "unit")
    return marked(value === undefined ? "undefined" : typeof value, `the value \`${String(value)}\``)
  },
  proto: (context) => {
    const name = String(read(context, "proto", "name"))
    return marked(name.toLowerCase(), `the class \`${name}\``)
  },
  predicate: base,
  patternIntersection: base,
  arrayPostfix: (context) => {
    // What follows a rest element is not told apart from it, so nothing is said of either.
    const { items: _, ...rest } = Object(base(context))
    return rest
  },
  defaultValue: () => undefined,
}

/**
 * Takes out the patterns that have flags, which JSON Schema has not, and names definitions by the order in which
 * they stand: arktype numbers them anew in every process, which would look like a change of the schema.
 */
function mend(json: JsonSchema, schema: unknown): JsonSchema {
  const flagged = flaggedPatterns(schema)
  const names = new Map(Object.keys(Object(json.$defs)).map((name, at) => [name, `type${at + 1}`]))
  const change = (each: Subschema): Subschema => {
    if (typeof each === "boolean") return each
    const copy = mapSubschemas(each, change)
    if (flagged.includes(copy.pattern)) delete copy.pattern
    const name = typeof copy.$ref === "string" ? names.get(copy.$ref.slice("#/$defs/".length)) : undefined
    return name === undefined ? copy : { ...copy, $ref: `#/$defs/${name}` }
  }
  const { $defs, ...body } = json
  const definitions = Object.entries(Object($defs)).map(([name, each]) => [names.get(name), each])
  const renamed = change(
    definitions.length === 0 ? body : { ...body, $defs: Object.fromEntries(definitions) },
  )
  return typeof renamed === "boolean" ? json : renamed
}

function flaggedPatterns(schema: unknown): readonly unknown[] {
  if (!isAny(schema) || typeof schema.select !== "function") return []
  const nodes: unknown = schema.select("pattern")
  if (!Array.isArray(nodes)) return []
  return nodes
    .filter((node) => /[ims]/.test(String(read(node, "flags") ?? "")))
    .map((node) => read(node, "rule"))
}
