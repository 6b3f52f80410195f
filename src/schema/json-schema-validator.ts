import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Validated } from "./issue.ts"
import type { Document } from "./validators/check.ts"

/** Validations after which generated code repays the time it takes to load its generator and to compile. */
const hot = 100

type Interpreter = typeof import("./validators/eval-free.ts")

let loaded: Interpreter | undefined
let loading: Promise<Interpreter> | undefined

/** Loads the validator of raw JSON Schema, which servers that use a schema library never need. */
export function loadInterpreter(): Promise<Interpreter> {
  // Once for all: a thousand tools make a thousand validators before the first of them is loaded.
  loading ??= import("./validators/eval-free.ts").then((interpreter) => {
    loaded = interpreter
    return interpreter
  })
  return loading
}

/**
 * Makes the validator of a JSON Schema. It is loaded for the first value of all and compiles at the first value of its
 * own; from then on it answers at once, and goes over to generated code when a schema of our own is used often and the
 * runtime allows code to be generated.
 */
export function jsonSchemaValidator(document: Document): (value: unknown) => MaybePromise<Validated> {
  let calls = 0
  let validate = (value: unknown): MaybePromise<Validated> =>
    andThen(loaded ?? loadInterpreter(), (interpreter) => {
      validate = interpreter.compileJsonSchema(document)
      return validate(value)
    })
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
