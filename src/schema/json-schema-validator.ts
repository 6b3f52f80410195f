import type { Validated } from "./issue.ts"
import type { Document } from "./validators/check.ts"
import { compileJsonSchema } from "./validators/eval-free.ts"

/** Validations after which generated code repays the time it takes to load its generator and to compile. */
const hot = 100

/**
 * Makes the validator of a JSON Schema. It compiles at the first value, always answers at once, and goes over
 * to generated code when a schema of our own is used often and the runtime allows code to be generated.
 */
export function jsonSchemaValidator(document: Document): (value: unknown) => Validated {
  let calls = 0
  let validate = (value: unknown): Validated => {
    validate = compileJsonSchema(document)
    return validate(value)
  }
  const accelerate = async () => {
    try {
      const fast = await import("#json-schema")
      validate = fast.compileJsonSchema(document)
    } catch {
      // Without the generator the validator at hand gives the same verdicts.
    }
  }
  return (value) => {
    if (++calls === hot && document.origin === "own") void accelerate()
    return validate(value)
  }
}
