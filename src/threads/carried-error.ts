import { ToolError } from "../errors/tool.ts"
import { isCloneable } from "./uncloneable.ts"

/** An error on its way between threads, whose clone would lose its class and fields. */
export type CarriedError =
  | { readonly kind: "thrown"; readonly value: unknown }
  | {
      readonly kind: "error"
      readonly isToolError: boolean
      readonly name: string
      readonly message: string
      readonly stack: string | undefined
      readonly cause: CarriedError | undefined
      readonly fields: { readonly [name: string]: unknown }
    }

/** Errors may be causes of each other in a circle. */
const maxCauses = 10

/** Packs what was thrown. */
export function carry(error: unknown, depth = 0): CarriedError {
  if (!(error instanceof Error)) return { kind: "thrown", value: isCloneable(error) ? error : String(error) }
  const { name, message, stack, cause } = error
  return {
    kind: "error",
    isToolError: error instanceof ToolError,
    name,
    message,
    stack,
    cause: cause === undefined || depth === maxCauses ? undefined : carry(cause, depth + 1),
    fields: Object.fromEntries(
      Object.entries(error).filter(([field, value]) => field !== "name" && isCloneable(value)),
    ),
  }
}

/** Unpacks it: the same class where the language or we have it, and the same words, stack, cause and fields. */
export function uncarry(carried: CarriedError): unknown {
  if (carried.kind === "thrown") return carried.value
  const { isToolError, name, message, stack, fields } = carried
  const options = carried.cause === undefined ? undefined : { cause: uncarry(carried.cause) }
  const Class = isToolError ? ToolError : (builtIn[name] ?? Error)
  const error = new Class(message, options)
  if (error.name !== name)
    Object.defineProperty(error, "name", { value: name, configurable: true, writable: true })
  if (stack !== undefined) error.stack = stack
  return Object.assign(error, fields)
}

const builtIn: { readonly [name: string]: ErrorConstructor } = {
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
}
