import fc from "fast-check"

const names = [
  "content contents messages tools prompts resources resourceTemplates arguments type name title description uri",
  "annotations lastModified icons _meta inputSchema outputSchema properties structuredContent isError data mimeType",
  "resource text blob ttlMs cacheScope resultType mode url message requestedSchema enum enumNames oneOf const default",
  "toolChoice role later toString valueOf constructor __proto__ $ref $defs $id $schema",
].flatMap((line) => line.split(" "))

const words =
  "object array string boolean text image audio resource resource_link tool_use tool_result # url form"

/** JSON of the names and words that messages are made of, in any order. */
export const wireValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 1.5, ""),
    fc.constantFrom(...words.split(" ")),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 6, noNullPrototype: true }),
    fc
      .tuple(fc.constantFrom("text", "audio", "resource", "resource_link", "tool_result"), tie("value"))
      .map(([type, inner]) =>
        Array.isArray(inner) || typeof inner !== "object" ? { type } : { ...inner, type },
      ),
  ),
})).value

/** Freezes a value and all that is in it, so that whoever changes it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
