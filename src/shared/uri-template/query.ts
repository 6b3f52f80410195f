import { InvalidUriTemplate } from "../../errors/uri.ts"
import { parseExpression, parseLiteral } from "./expression.ts"
import { decodeQueryText } from "./percent.ts"

/** The query of a template. */
export interface QueryPattern {
  readonly parameters: readonly QueryParameter[]
  /** The decoded names of the parameters. */
  readonly keys: ReadonlySet<string>
}

/** One parameter that a template has in its query. */
export interface QueryParameter {
  /** The name, decoded. */
  readonly key: string
  /** The name as it is written into a URI. */
  readonly name: string
  readonly value: QueryVariable | QueryConstant
}

export interface QueryVariable {
  readonly kind: "variable"
  readonly variable: string
  /** `{?a}` and `{&a}` are optional, the `{a}` in `?a={a}` is required. */
  readonly required: boolean
}

/** The URI has to hold this parameter with just this value. */
export interface QueryConstant {
  readonly kind: "constant"
  readonly value: string
  /** The whole parameter as it is written into a URI. */
  readonly text: string
}

const placement = "Write the query last: `{?a,b}`, or `?kind=x&a={a}` and then `{&b}`."

/**
 * Reads the query of a template: `{?a,b}`, or parameters such as `?kind=x&a={a}`, continued by `{&b}`. Its braces
 * are known to be balanced.
 *
 * @throws {InvalidUriTemplate} Anything else, a fragment among it.
 */
export function parseQuery(template: string, text: string): QueryPattern {
  const parameters = parseParameters(template, text)
  return { parameters, keys: new Set(parameters.map(({ key }) => key)) }
}

/**
 * Reads the variables from the query of a URI into `values`, in any order; the first of several values counts and
 * parameters that the template does not have are ignored. Returns whether all that is required is there.
 */
export function matchQuery(pattern: QueryPattern, query: string, values: Record<string, string>): boolean {
  const given = query === "" ? undefined : firstValues(pattern.keys, query)
  for (const { key, value } of pattern.parameters) {
    const text = given?.get(key)
    if (value.kind === "constant") {
      if (text !== value.value) return false
    } else if (text !== undefined) {
      values[value.variable] = text
    } else if (value.required) {
      return false
    }
  }
  return true
}

function firstValues(keys: ReadonlySet<string>, query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (let start = 0; start <= query.length; ) {
    const separator = query.indexOf("&", start)
    const end = separator < 0 ? query.length : separator
    const pair = query.slice(start, end)
    const equals = pair.indexOf("=")
    const key = decodeQueryText(equals < 0 ? pair : pair.slice(0, equals))
    if (keys.has(key) && !given.has(key)) {
      given.set(key, equals < 0 ? "" : decodeQueryText(pair.slice(equals + 1)))
    }
    start = end + 1
  }
  return given
}

function parseParameters(template: string, text: string): readonly QueryParameter[] {
  if (text.startsWith("{")) return parseExpressions(template, text)
  const split = text.indexOf("{&")
  const pairs = split < 0 ? text.slice(1) : text.slice(1, split)
  const parameters = pairs.split("&").map((pair) => parsePair(template, pair))
  return split < 0 ? parameters : [...parameters, ...parseExpressions(template, text.slice(split))]
}

function parseExpressions(template: string, text: string): readonly QueryParameter[] {
  const between = text.replaceAll(/\{[^}]*\}/g, "")
  if (between !== "")
    throw new InvalidUriTemplate(template, `\`${between}\` stands behind the query variables`, placement)
  const expressions = [...text.matchAll(/\{([^}]*)\}/g)].map(([, body = ""]) =>
    parseExpression(template, body),
  )
  const names = expressions.flatMap((expression) => expression.names)
  const misplaced = expressions.find(
    ({ operator }, index) => operator !== "&" && (operator !== "?" || index > 0),
  )
  if (misplaced !== undefined) {
    const shown = `{${misplaced.operator}${misplaced.names.join(",")}}`
    throw new InvalidUriTemplate(template, `\`${shown}\` stands in or behind the query`, placement)
  }
  if (expressions[0]?.operator === "?" && expressions.length > 1) {
    // RFC 6570 expanders write no `?` when the variables of the first expression are absent.
    const problem = "`{&…}` continues a query that may be empty"
    throw new InvalidUriTemplate(template, problem, `Write \`{?${names.join(",")}}\`.`)
  }
  return names.map((name) => ({
    key: name,
    name,
    value: { kind: "variable", variable: name, required: false },
  }))
}

function parsePair(template: string, pair: string): QueryParameter {
  const equals = pair.indexOf("=")
  const name = equals < 0 ? pair : pair.slice(0, equals)
  const text = equals < 0 ? "" : pair.slice(equals + 1)
  if (name === "" || name.includes("{")) {
    throw new InvalidUriTemplate(template, `\`${pair}\` in its query has no fixed name`, placement)
  }
  const key = decodeQueryText(parseLiteral(template, name))
  if (!text.includes("{")) {
    const normal = parseLiteral(template, pair)
    const value = decodeQueryText(parseLiteral(template, text))
    return { key, name: parseLiteral(template, name), value: { kind: "constant", value, text: normal } }
  }
  const body = /^\{([^{}]*)\}$/.exec(text)?.[1]
  const expression = body === undefined ? undefined : parseExpression(template, body)
  if (expression === undefined || expression.operator !== "" || expression.explode) {
    throw new InvalidUriTemplate(template, `\`${pair}\` in its query is more than one variable`, placement)
  }
  const [variable = ""] = expression.names
  return { key, name: parseLiteral(template, name), value: { kind: "variable", variable, required: true } }
}
