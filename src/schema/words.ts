import type { Subschema } from "./keywords.ts"
import { isSubschema } from "./keywords.ts"
import { showLiterals } from "./literals.ts"
import type { Refs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"

/** The JSON type of a value; whole numbers are `integer`. */
export type TypeName = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object"

/** Names the JSON type of a value; what JSON lacks has none. */
export function typeOf(value: unknown): TypeName | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return typeof value as "string" | "boolean" // narrowed by the case
    case "number":
      if (!Number.isFinite(value)) return undefined
      return Number.isInteger(value) ? "integer" : "number"
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "array" : "object"
    default:
      return undefined
  }
}

/** Tells whether a type in a schema admits the type of a value. */
export function admits(names: readonly string[], type: TypeName | undefined): boolean {
  return type !== undefined && (names.includes(type) || (type === "integer" && names.includes("number")))
}

type Types = readonly string[] | undefined

// Many references may lead to one schema, and from there to one other: each is looked at once.
const known = /* @__PURE__ */ new WeakMap<Refs, Map<JsonSchema, Types>>()

/** Lists the types a schema states, through references and choices; `undefined` when it states none. */
export function typesOf(schema: Subschema | undefined, refs: Refs): Types {
  if (typeof schema !== "object") return undefined
  if (typeof schema.type === "string") return [schema.type]
  if (Array.isArray(schema.type)) return schema.type.map(String)
  const all = known.get(refs) ?? new Map<JsonSchema, Types>()
  known.set(refs, all)
  if (!all.has(schema)) all.set(schema, findTypes(schema, refs))
  return all.get(schema)
}

/** What applies to one and the same value never leads back to itself, nor far: `resolveRefs` saw to it. */
function findTypes(schema: JsonSchema, refs: Refs): Types {
  const literals = literalsOf(schema)
  if (literals !== undefined) {
    return [...new Set(literals.map(typeOf).filter((name) => name !== undefined))]
  }
  const choice = branchesOf(schema)
  if (choice !== undefined) {
    const each = choice.map((branch) => typesOf(branch, refs))
    return each.includes(undefined) ? undefined : [...new Set(each.flatMap((names) => names ?? []))]
  }
  const target = refs.targets.get(schema)
  if (target !== undefined) return typesOf(target.schema, refs)
  if (!Array.isArray(schema.allOf)) return undefined
  return schema.allOf
    .filter(isSubschema)
    .map((part) => typesOf(part, refs))
    .find((names) => names !== undefined)
}

/** Says in a few words what a schema wants, such as `string or null`. */
export function wordsOf(schema: Subschema | undefined, refs: Refs): string {
  const target = typeof schema === "object" ? (refs.targets.get(schema)?.schema ?? schema) : undefined
  const literals = typeof target === "object" ? literalsOf(target) : undefined
  if (literals !== undefined && literals.length > 0) return showLiterals(literals)
  const types = typesOf(schema, refs)
  return types === undefined || types.length === 0 ? "a value" : types.join(" or ")
}

/** The values a schema names one by one. */
export function literalsOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (Object.hasOwn(schema, "const")) return [schema.const]
  return Array.isArray(schema.enum) ? schema.enum : undefined
}

/** The branches of the choice a schema is. */
export function branchesOf(schema: JsonSchema): readonly Subschema[] | undefined {
  const branches = schema.anyOf ?? schema.oneOf
  return Array.isArray(branches) && branches.every(isSubschema) ? branches : undefined
}
