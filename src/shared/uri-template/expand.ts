import { InvalidTemplateValue } from "../../errors/uri.ts"
import type { PathPattern, PathVariable } from "./path.ts"
import { encodeReserved, encodeSegments, encodeUnreserved, MAX_URI_LENGTH } from "./percent.ts"
import type { QueryPattern } from "./query.ts"

/** What a template was compiled to. */
export interface TemplateParts {
  readonly template: string
  readonly path: PathPattern
  /** `undefined` for a template without a query. */
  readonly query: QueryPattern | undefined
}

/**
 * Writes the URI that has the given values.
 *
 * @throws {InvalidTemplateValue} A value is missing, empty, no string or not Unicode, or the URI would be too long.
 */
export function expandTemplate(parts: TemplateParts, values: object): string {
  const { template, path, query } = parts
  let uri = path.prefix
  for (const { name, kind, literal } of path.variables) {
    const value = read(template, values, name)
    if (value === undefined || value === "") {
      const problem = `\`${name}\` is ${value === "" ? "empty" : "missing"}`
      throw new InvalidTemplateValue(
        template,
        problem,
        "Give it a text; only query variables can be left out.",
      )
    }
    uri += encode(parts, name, () => encodePath(kind, value, query !== undefined)) + literal
  }
  uri += expandQuery(parts, values)
  if (uri.length <= MAX_URI_LENGTH) return uri
  throw new InvalidTemplateValue(
    template,
    `the URI would have ${uri.length} characters`,
    "Give shorter values.",
  )
}

function expandQuery(parts: TemplateParts, values: object): string {
  const pairs: string[] = []
  for (const { name, value } of parts.query?.parameters ?? []) {
    if (value.kind === "constant") {
      pairs.push(value.text)
      continue
    }
    const text = read(parts.template, values, value.variable)
    if (text !== undefined)
      pairs.push(`${name}=${encode(parts, value.variable, () => encodeUnreserved(text))}`)
    else if (value.required) {
      const problem = `\`${value.variable}\` is missing`
      throw new InvalidTemplateValue(parts.template, problem, "Give it a text, even an empty one.")
    }
  }
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`
}

function read(template: string, values: object, name: string): string | undefined {
  // Only own properties: `{constructor}` is a variable like any other.
  const value: unknown = Object.hasOwn(values, name) ? Reflect.get(values, name) : undefined
  if (value === undefined || typeof value === "string") return value
  throw new InvalidTemplateValue(
    template,
    `\`${name}\` is no string`,
    "Give the text that the URI shall hold.",
  )
}

function encode({ template }: TemplateParts, name: string, run: () => string): string {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause
    throw new InvalidTemplateValue(
      template,
      `\`${name}\` holds a lone surrogate`,
      "Give well-formed Unicode.",
    )
  }
}

function encodePath(kind: PathVariable["kind"], value: string, hasQuery: boolean): string {
  switch (kind) {
    case "path":
      return encodeUnreserved(value)
    case "explode":
      return encodeSegments(value)
    case "reserved": {
      const text = encodeReserved(value)
      // Where a query may follow, a bare `?` or `#` would be read as the end of the value.
      return hasQuery ? text.replaceAll("?", "%3F").replaceAll("#", "%23") : text
    }
  }
}
