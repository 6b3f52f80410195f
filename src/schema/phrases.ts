// How every validator and every library words what it expected, so that a model reads one language.

const units: { readonly [type: string]: readonly [one: string, many: string] } = {
  string: ["character", "characters"],
  array: ["item", "items"],
  object: ["property", "properties"],
}

/** Words a bound on a length, such as `string of at least 3 characters`. */
export function sized(type: string, bound: "at least" | "at most" | "exactly", count: number): string {
  const [one, many] = units[type] ?? ["element", "elements"]
  return `${type} of ${bound} ${count} ${count === 1 ? one : many}`
}

/** Words a bound on a number, such as `number >= 3`. */
export function bounded(sign: ">=" | ">" | "<=" | "<", limit: unknown): string {
  return `number ${sign} ${String(limit)}`
}

/** Words a divisor. */
export function multipleOf(divisor: unknown): string {
  return `number that is a multiple of ${String(divisor)}`
}

/** Words a regular expression. */
export function matching(pattern: string): string {
  return `string matching \`${pattern}\``
}

/** Words a format. */
export function formatted(format: string): string {
  return `string in format \`${format}\``
}

/** Words a choice: literals as a list, types with `or`. */
export function alternatives(words: readonly string[]): string {
  const each = [...new Set(words)]
  const literal = /^(?:".*"|-?\d+(?:\.\d+)?|true|false|null)$/s
  return each.length > 1 && each.every((word) => literal.test(word))
    ? `one of ${each.join(", ")}`
    : each.join(" or ")
}
