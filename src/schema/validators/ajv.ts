import { Ajv2020 } from "ajv/dist/2020.js"
import { formats } from "../formats.ts"
import type { Validated } from "../issue.ts"
import { nativePattern } from "../pattern.ts"
import type { JsonSchema } from "../schema.ts"
import type { Document } from "./check.ts"
import { compileJsonSchema as compileEvalFree } from "./eval-free.ts"
import { plainSchema } from "./plain-schema.ts"

/**
 * Compiles a JSON Schema to generated code, several times faster than without. It gives the verdict alone: why a
 * value fails is said by the eval-free validator, so that both give the same words. Schemas of peers, and those
 * with keywords that ajv reads otherwise or whose cost it does not bound, stay with the eval-free validator, as
 * does everything where code may not be generated.
 */
export function compileJsonSchema(document: Document): (value: unknown) => Validated {
  const explain = compileEvalFree(document)
  const plain = document.origin === "own" ? plainSchema(document) : undefined
  const isValid = plain === undefined ? undefined : generate(plain)
  if (isValid === undefined) return explain
  return (value) => (isValid(value) ? { ok: true, value } : explain(value))
}

function generate(schema: JsonSchema): ((value: unknown) => boolean) | undefined {
  // An instance per schema: a shared one would keep every schema it has seen for as long as the process lives.
  const ajv = new Ajv2020({
    strict: false,
    meta: false,
    validateSchema: false,
    logger: false,
    strictNumbers: true,
    // Without it `required: ["toString"]` is met by every object.
    ownProperties: true,
    formats: { ...formats },
    code: { regExp: Object.assign(toRegExp, { code: "" }) },
  })
  try {
    return ajv.compile(schema)
  } catch {
    // Code generation is forbidden here, or ajv refuses what the specification allows, such as an empty `enum`.
    return undefined
  }
}

function toRegExp(pattern: string): RegExp {
  return nativePattern(pattern) ?? /$^/
}
