import { MissingConverter } from "../../errors/schema.ts"
import { marked } from "../inexpressible.ts"
import { isAny, read } from "../peek.ts"
import type { Vendor } from "../vendor.ts"

/** valibot, whose schemas describe themselves when wrapped by `@valibot/to-json-schema`. */
export const valibot: Vendor = {
  options: () => ({ errorMode: "ignore", overrideSchema: markSchema, overrideAction: mendAction }),
  refuse: (_, { subject }) =>
    new MissingConverter(
      subject,
      "valibot",
      'Run `npm install @valibot/to-json-schema` and write `toStandardJsonSchema(schema)`, imported with `import { toStandardJsonSchema } from "@valibot/to-json-schema"`, in its place.',
    ),
}

function markSchema(context: unknown): { [keyword: string]: unknown } | undefined {
  const errors = read(context, "errors")
  if (!Array.isArray(errors)) return undefined
  return marked(String(read(context, "valibotSchema", "type")), String(errors[0]))
}

/** Transformations of valibot that keep the type. */
const sameType = [
  "trim",
  "trim_start",
  "trim_end",
  "to_lower_case",
  "to_upper_case",
  "normalize",
  "to_min_value",
  "to_max_value",
  "filter_items",
  "sort_items",
  "readonly",
  "brand",
  "flavor",
]

function mendAction(context: unknown): { [keyword: string]: unknown } | undefined {
  const errors = read(context, "errors")
  const json = read(context, "jsonSchema")
  const action = read(context, "valibotAction")
  if (!Array.isArray(errors) || !isAny(json)) return undefined
  const type = String(read(action, "type"))
  // A check that JSON Schema lacks is still made when values are validated.
  const harmless = read(action, "kind") !== "transformation" || sameType.includes(type)
  if (!harmless) return { ...json, ...marked(type.startsWith("to_") ? "transform" : type, String(errors[0])) }
  const copy = { ...json }
  const source = read(action, "requirement", "source")
  // JSON Schema has no flags, so a pattern with flags cannot be said.
  if (type === "regex" && copy.pattern === source) delete copy.pattern
  return copy
}
