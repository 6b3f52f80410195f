import { InexpressibleSchema } from "../errors/schema.ts"
import { isSubschema, type Subschema } from "./keywords.ts"
import type { Refs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"

/** Keywords that are about objects, so that a root with one of them and no `type` means an object. */
const aboutObjects = [
  "properties",
  "required",
  "additionalProperties",
  "patternProperties",
  "propertyNames",
  "unevaluatedProperties",
]

/**
 * Makes sure that the root says `type: "object"`, as the specification demands of tool input. A root that can
 * only be an object gains the word: a choice between objects, a reference to one, or keywords about objects.
 *
 * @throws InexpressibleSchema when the root admits anything else.
 * @see S28/server/tools#tool
 */
export function objectRoot(json: JsonSchema, refs: Refs, subject: string): JsonSchema {
  if (json.type === "object") return json
  if (json.type === undefined && meansObject(json, refs, new Map())) return { type: "object", ...json }
  const { type, ...rest } = json
  if (Array.isArray(type) && type.length === 1 && type[0] === "object") return { type: "object", ...rest }
  throw new InexpressibleSchema(subject, "", {
    what: `${describeRoot(json)}, but must be an object of named arguments`,
    fix: "Wrap it in an object with one property: `z.object({ value: … })` in zod.",
  })
}

/** Tells whether only objects can pass, following what applies to the same value, each schema once. */
function meansObject(schema: Subschema, refs: Refs, known: Map<JsonSchema, boolean>): boolean {
  if (typeof schema === "boolean") return false
  const before = known.get(schema)
  if (before !== undefined) return before
  const means = findMeaning(schema, refs, known)
  known.set(schema, means)
  return means
}

function findMeaning(schema: JsonSchema, refs: Refs, known: Map<JsonSchema, boolean>): boolean {
  if (schema.type !== undefined) return schema.type === "object"
  const deeper = (each: Subschema) => meansObject(each, refs, known)
  for (const choice of [schema.anyOf, schema.oneOf]) {
    if (Array.isArray(choice) && choice.length > 0 && choice.filter(isSubschema).every(deeper)) return true
  }
  if (Array.isArray(schema.allOf) && schema.allOf.filter(isSubschema).some(deeper)) return true
  const target = refs.targets.get(schema)
  if (target !== undefined) return deeper(target.schema)
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) return false
  return aboutObjects.some((keyword) => Object.hasOwn(schema, keyword))
}

function describeRoot(json: JsonSchema): string {
  if (typeof json.type === "string") return `is of type \`${json.type}\``
  if (Array.isArray(json.type))
    return `may be of the types ${json.type.map((name) => `\`${name}\``).join(", ")}`
  const choice = json.anyOf ?? json.oneOf
  return Array.isArray(choice) ? "is a choice in which not every branch is an object" : "may be anything"
}
