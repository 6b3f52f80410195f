import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec"
import { InexpressibleSchema, MissingConverter, OutdatedZod } from "../errors/schema.ts"
import { toCurrentDialect } from "./dialect.ts"
import { findMark, inexpressible, valuePath } from "./inexpressible.ts"
import type { JsonSchema } from "./schema.ts"
import { snapshot } from "./snapshot.ts"
import type { Conversion } from "./vendor.ts"
import { findOldZod, isOldZod } from "./vendors/zod.ts"
import { vendorOf } from "./vendors.ts"

/** The properties of a Standard Schema that may carry its JSON Schema. */
type Standard = StandardSchemaV1.Props & { readonly jsonSchema?: StandardJSONSchemaV1.Converter }

/**
 * Asks a schema library for the JSON Schema of one side of a schema.
 *
 * @throws InexpressibleSchema with the path of what JSON Schema cannot say; never a silent `{}`.
 * @throws OutdatedZod for zod 3, also inside a schema of zod 4.
 * @throws MissingConverter when the library needs another package or call for it, which the message names.
 */
export function toJsonSchema(schema: unknown, standard: Standard, conversion: Conversion): JsonSchema {
  const { subject } = conversion
  if (typeof standard.jsonSchema?.[conversion.side] !== "function")
    throw refusal(schema, standard, conversion)
  const converted = convert(schema, standard, conversion)
  const found = findMark(converted)
  if (found !== undefined) throw inexpressible(subject, valuePath(found.tokens), found.reason)
  // What 2020-12 says by default is left out: validators of older drafts stumble over the name.
  const { $schema: _, ...json } = toCurrentDialect(snapshot(converted, subject), subject)
  return vendorOf(standard.vendor)?.mend?.(json, schema) ?? json
}

/** Says why a schema cannot describe itself, and what to do. */
function refusal(schema: unknown, { vendor }: Standard, conversion: Conversion): Error {
  if (isOldZod(schema)) return new OutdatedZod(conversion.subject)
  const known = vendorOf(vendor)?.refuse?.(schema, conversion)
  if (known !== undefined) return known
  return new MissingConverter(
    conversion.subject,
    vendor,
    "Use a release of the library that implements Standard JSON Schema, or give raw JSON Schema 2020-12.",
  )
}

function convert(schema: unknown, standard: Standard, conversion: Conversion): object {
  try {
    return call(standard, conversion, { find: false, target: "draft-2020-12" })
  } catch (cause) {
    if (cause instanceof InexpressibleSchema) throw cause
    const path = findOldZod(schema)
    if (path !== undefined) throw new OutdatedZod(conversion.subject, path)
    throwMarked(standard, conversion, cause)
    return convertOlder(standard, conversion, cause)
  }
}

/** Converts once more, with marks where the library threw, to name the place. */
function throwMarked(standard: Standard, conversion: Conversion, cause: unknown): void {
  let found: ReturnType<typeof findMark>
  try {
    found = findMark(call(standard, conversion, { find: true, target: "draft-2020-12" }))
  } catch {
    // The library fails for another reason; what it said first is told.
    return
  }
  if (found === undefined) return
  throw inexpressible(conversion.subject, valuePath(found.tokens), { ...found.reason, cause })
}

/** A library may know the older dialect only, which is rewritten afterwards. */
function convertOlder(standard: Standard, conversion: Conversion, cause: unknown): object {
  try {
    const json = call(standard, conversion, { find: false, target: "draft-07" })
    return { $schema: "http://json-schema.org/draft-07/schema#", ...json }
  } catch {
    // Not a matter of the dialect: the first failure says more.
    const said = cause instanceof Error ? cause.message : String(cause)
    throw inexpressible(conversion.subject, "", { kind: "", said: `${standard.vendor} says: ${said}`, cause })
  }
}

function call(
  standard: Standard,
  { side, subject }: Conversion,
  { find, target }: { find: boolean; target: "draft-2020-12" | "draft-07" },
): object {
  const libraryOptions = vendorOf(standard.vendor)?.options(find)
  const json: unknown = standard.jsonSchema?.[side]({ target, ...(libraryOptions && { libraryOptions }) })
  if (typeof json === "object" && json !== null) return json
  throw inexpressible(subject, "", {
    kind: "",
    said: `${standard.vendor} converted it to \`${typeof json}\``,
  })
}
