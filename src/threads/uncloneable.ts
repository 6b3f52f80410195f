/** What stands in the way of cloning a value, and where. */
export interface Uncloneable {
  /** Such as `result.items[2].save`. */
  readonly path: string
  /** What stands there, such as "a function". */
  readonly what: string
}

const maxDepth = 100

/** Finds the first part of a value that cannot be cloned. */
export function findUncloneable(value: unknown, path: string, depth = 0): Uncloneable {
  for (const [key, member] of depth < maxDepth ? membersOf(value) : []) {
    if (isCloneable(member)) continue
    return findUncloneable(member, typeof key === "number" ? `${path}[${key}]` : `${path}.${key}`, depth + 1)
  }
  return { path, what: kindOf(value) }
}

function membersOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((member, index) => [index, member])
  if (value instanceof Map) return [...value].map(([key, member]) => [String(key), member])
  if (value instanceof Set) return [...value].map((member, index) => [index, member])
  return typeof value === "object" && value !== null && !(value instanceof Promise)
    ? Object.entries(value)
    : []
}

/** Tells whether a value can be sent to another thread. */
export function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    // That it cannot be is the answer.
    return false
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return `a ${typeof value}`
  const { constructor: made } = value
  return typeof made === "function" && made !== Object ? `a \`${made.name}\`` : "an object"
}
