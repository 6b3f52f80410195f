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
  try {
    return pack(error, depth)
  } catch {
    // It throws when it is read, and what it throws then is no better.
    return { kind: "thrown", value: new Error("What was thrown cannot be read.") }
  }
}

function pack(error: unknown, depth: number): CarriedError {
  if (!(error instanceof Error)) return { kind: "thrown", value: isCloneable(error) ? error : String(error) }
  const { name, message, stack, cause } = error
  return {
    kind: "error",
    isToolError: error instanceof ToolError,
    // Strings by type alone: anybody may set them.
    name: String(name),
    message: String(message),
    stack: stack === undefined ? undefined : String(stack),
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
  const Class = isToolError ? ToolError : (builtIn.get(name) ?? Error)
  const error = new Class(message, options)
  if (error.name !== name)
    Object.defineProperty(error, "name", { value: name, configurable: true, writable: true })
  if (stack !== undefined) error.stack = stack
  return Object.assign(error, fields)
}

const builtIn: ReadonlyMap<string, ErrorConstructor> = /* @__PURE__ */ new Map(
  [RangeError, ReferenceError, SyntaxError, TypeError].map((Class) => [Class.name, Class]),
)
