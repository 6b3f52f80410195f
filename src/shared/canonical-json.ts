import { NotCanonicalJson } from "../errors/canonical-json.ts"

/** Bounds of {@link canonicalJson}. */
export interface CanonicalJsonOptions {
  /** How deep arrays and objects may nest. Default 256. */
  readonly maxDepth?: number
  /** How many values, at every level, there may be. Default 1,000,000. */
  readonly maxValues?: number
}

/**
 * Writes the one JSON text of a value: members sorted by the UTF-16 units of their names, no white space, numbers and
 * strings as ECMAScript writes them. Equal values give equal texts, whatever order their members were made in.
 *
 * Members that are `undefined` are left out. A lone surrogate is written as its escape, where the RFC would refuse.
 *
 * @throws {NotCanonicalJson} A value that JSON cannot say, a cycle, or more than the bounds.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown, options: CanonicalJsonOptions = {}): string {
  const { maxDepth = 256, maxValues = 1_000_000 } = options
  return write({ maxDepth, left: maxValues, path: [], parents: new Set() }, value)
}

interface Writer {
  readonly maxDepth: number
  /** How many values may still come. */
  left: number
  /** The names and indexes that lead to where we are. */
  readonly path: (string | number)[]
  readonly parents: Set<object>
}

function write(writer: Writer, value: unknown): string {
  if (--writer.left < 0) throw refusal(writer, "beyond the number of values that are read")
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value)
    case "number":
      if (Number.isFinite(value)) return JSON.stringify(value)
      throw refusal(writer, `\`${value}\``)
    case "object":
      return value === null ? "null" : nest(writer, value)
    default:
      throw refusal(writer, value === undefined ? "`undefined`" : `a ${typeof value}`)
  }
}

function nest(writer: Writer, value: object): string {
  const { path, parents, maxDepth } = writer
  if (parents.has(value)) throw refusal(writer, "a reference back to an object that contains it")
  if (path.length >= maxDepth) throw refusal(writer, `deeper than ${maxDepth} levels`)
  parents.add(value)
  const text = Array.isArray(value) ? writeArray(writer, value) : writeObject(writer, value)
  parents.delete(value)
  return text
}

function writeArray(writer: Writer, items: readonly unknown[]): string {
  let text = "["
  for (let index = 0; index < items.length; index++) {
    writer.path.push(index)
    text += (index === 0 ? "" : ",") + write(writer, items[index])
    writer.path.pop()
  }
  return `${text}]`
}

function writeObject(writer: Writer, value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) throw refusal(writer, "no plain object")
  let text = ""
  // Sorts by UTF-16 units, as the RFC asks.
  for (const [name, member] of Object.entries(value).sort(byName)) {
    if (member === undefined) continue
    writer.path.push(name)
    text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${write(writer, member)}`
    writer.path.pop()
  }
  return `{${text}}`
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

function refusal({ path }: Writer, what: string): NotCanonicalJson {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
  })
  return new NotCanonicalJson(`$${steps.join("")}`, what)
}
