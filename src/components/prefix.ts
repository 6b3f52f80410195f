import { InvalidPrefix } from "../errors/composition.ts"
import { isName } from "./name.ts"

/** What is left of a name of 128 characters must be worth it. */
const longest = 64

/**
 * Refuses a prefix, or a separator, with which names of tools would be none any more.
 *
 * @throws {InvalidPrefix} FLEET-21
 */
export function assertPrefix(prefix: unknown, separator: string): asserts prefix is string {
  const given = String(prefix)
  if (typeof prefix !== "string" || prefix === "") throw new InvalidPrefix(given, "is no text")
  const form = mistakenForm(prefix)
  if (form !== undefined) throw new InvalidPrefix(prefix, form)
  const whole = prefix + separator
  if (!isName(whole)) throw new InvalidPrefix(whole, "holds other characters than those of names")
  if (whole.length > longest) throw new InvalidPrefix(whole, `has more than ${longest} characters`)
}

/** Names what was meant, where a URI or a path was given. */
function mistakenForm(prefix: string): string | undefined {
  if (prefix.includes("://"))
    return "is a URI: resources get it as the first part of their path by themselves"
  return prefix.includes("/") ? "holds `/`, which separates it from paths by itself" : undefined
}
