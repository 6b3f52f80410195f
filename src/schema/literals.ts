import { clip } from "../shared/clip.ts"

/** Characters kept of a value. */
export const longestValue = 40

/** Writes a literal of a schema, such as the members of an `enum`. */
export function showLiterals(values: readonly unknown[]): string {
  const shown = values.slice(0, 12).map((value) => clip(JSON.stringify(value) ?? String(value), longestValue))
  if (values.length > shown.length) shown.push("…")
  return shown.length === 1 ? (shown[0] ?? "") : `one of ${shown.join(", ")}`
}
