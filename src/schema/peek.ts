/** Reads a property of a property of … a value of unknown shape. */
export function read(value: unknown, ...names: readonly string[]): unknown {
  let current: unknown = value
  for (const name of names) {
    if (!isAny(current)) return undefined
    current = current[name]
  }
  return current
}

/** Tells whether a value has properties at all; functions do, and arktype's schemas are functions. */
export function isAny(value: unknown): value is { [name: string]: unknown } {
  return (typeof value === "object" && value !== null) || typeof value === "function"
}
