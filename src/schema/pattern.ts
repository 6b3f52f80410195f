/** Steps a check may still take; below zero it is given up. */
export interface Fuel {
  fuel: number
}

/** Tells whether a text holds a match. */
export type TestPattern = (text: string, fuel: Fuel) => boolean

/** A pattern made ready, or why it cannot be. */
export type CompiledPattern = { readonly test: TestPattern } | { readonly problem: string }

/** Somebody else's schema: no code is generated from it, and its patterns run as `compilePattern` says. */
export interface PeerOrigin {
  /** Compiles a pattern that the native engine reads with these flags. */
  readonly compilePattern: (pattern: string, flags: string) => CompiledPattern
}

/** Where a schema comes from: written here, or received from somewhere else. */
export type Origin = "own" | PeerOrigin

/** Compiles the regular expression of a `pattern` keyword. */
export function compilePattern(pattern: string, origin: Origin): CompiledPattern {
  const native = nativePattern(pattern)
  if (native === undefined) return { problem: "is not a valid regular expression" }
  return origin === "own"
    ? { test: (text) => native.test(text) }
    : origin.compilePattern(pattern, native.flags)
}

/**
 * Compiles a pattern natively: as Unicode, which the specification asks for, else in the older syntax that
 * many written patterns (such as `[\w-.]`) need; `undefined` when neither reads it.
 */
export function nativePattern(pattern: string): RegExp | undefined {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(pattern, flags)
    } catch {
      // The next syntax may read it.
    }
  }
  return undefined
}
