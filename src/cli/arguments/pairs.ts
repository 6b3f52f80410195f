import { WrongUsage } from "../../errors/cli.ts"
import { isObject } from "../../schema/keywords.ts"
import type { Reader } from "./reader.ts"

/** One `key=value` of a command line. */
export interface Pair {
  readonly key: string
  readonly value: string
}

/** Steps of a dotted name. */
const deepest = 32

/**
 * Reads words as `key=value`.
 *
 * @throws {WrongUsage} A word is none.
 */
export function toPairs(words: readonly string[]): readonly Pair[] {
  return words.map((word) => {
    const at = word.indexOf("=")
    if (at > 0) return { key: word.slice(0, at), value: word.slice(at + 1) }
    throw new WrongUsage(`\`${word}\` is no argument.`, {
      fix: "Write each as `name=value`, or all of them as JSON: `--args '{ … }'`.",
    })
  })
}

/**
 * Puts pairs together to arguments: a name given several times is a list, `user.name=Ada` a member of an object. Where a
 * list is wanted one value makes one, and where anything is allowed JSON is read as JSON. Texts stay texts otherwise.
 */
export function toTree(pairs: readonly Pair[], reader: Reader): { [name: string]: unknown } {
  const properties = isObject(reader.schema.properties) ? reader.schema.properties : {}
  const values = new Map<string, string[]>()
  for (const { key, value } of pairs) values.set(key, [...(values.get(key) ?? []), value])
  const tree: { [name: string]: unknown } = {}
  for (const [key, texts] of values) {
    // A property whose own name has dots is that property.
    const path = Object.hasOwn(properties, key) ? [key] : key.split(".")
    if (path.length > deepest) throw new WrongUsage(`\`${key}\` has more than ${deepest} parts.`)
    place(tree, path, toValue(key, texts, reader.typesOf(schemaAt(properties, path))))
  }
  return tree
}

function toValue(key: string, texts: readonly string[], types: readonly string[] | undefined): unknown {
  const [text = "", ...others] = texts
  const takesList = types === undefined || types.includes("array")
  if (others.length > 0) {
    if (takesList) return types === undefined ? texts.map(jsonOrText) : texts
    throw new WrongUsage(`\`${key}\` is given ${texts.length} times, and takes one value.`)
  }
  if (types === undefined) return jsonOrText(text)
  const isOnlyList = takesList && !types.includes("string") && !text.trimStart().startsWith("[")
  return isOnlyList ? [text] : text
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON, so that it means itself.
    return text
  }
}

function schemaAt(properties: { readonly [name: string]: unknown }, path: readonly string[]): unknown {
  let schema: unknown = { properties }
  for (const step of path) {
    const inside = isObject(schema) && isObject(schema.properties) ? schema.properties : {}
    schema = Object.hasOwn(inside, step) ? inside[step] : undefined
  }
  return schema
}

function place(tree: { [name: string]: unknown }, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? ""
  let here = tree
  for (const step of path.slice(0, -1)) {
    if (Object.hasOwn(here, step) && !isObject(here[step]))
      throw new WrongUsage(`\`${path.join(".")}\` is given, and so is \`${step}\` as a whole.`, {
        fix: "Give the whole, or its members.",
      })
    if (!Object.hasOwn(here, step)) define(here, step, {})
    // `as`: an object that was made here, by the lines above.
    here = here[step] as { [name: string]: unknown }
  }
  if (Object.hasOwn(here, last))
    throw new WrongUsage(`\`${path.join(".")}\` is given, and so are members of it.`, {
      fix: "Give the whole, or its members.",
    })
  define(here, last, value)
}

/** Defined, not assigned: a name such as `__proto__` must stay a name. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}
