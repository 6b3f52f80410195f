export type Yielding = AsyncGenerator<unknown, unknown> | Generator<unknown, unknown>

/** Tells whether a value is a running generator, sync or async; arrays, maps and streams are not. */
export function isYielding(value: unknown): value is Yielding {
  if (typeof value !== "object" || value === null || !(Symbol.toStringTag in value)) return false
  const tag = value[Symbol.toStringTag]
  return tag === "AsyncGenerator" || tag === "Generator"
}
