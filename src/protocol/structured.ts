/** Values of tools whose schema allows other things than objects: what is an object by chance. */
const chance: WeakSet<object> = /* @__PURE__ */ new WeakSet()

/** Whether a schema describes objects and nothing else, which is all that clients before 2026-07-28 take. */
export function isObjectSchema({ type }: { readonly type?: unknown }): boolean {
  return type === "object"
}

/**
 * Marks a value that is an object while its tool's schema allows other things. It is a copy: the handler may return the
 * same object elsewhere, where it is one by schema.
 */
export function asChanceObject(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  const copy = { ...value }
  chance.add(copy)
  return copy
}

/** Whether a tool's schema allows other things than objects, although this value is one. */
export function isChanceObject(value: object): boolean {
  return chance.has(value)
}
