import { InvalidUriTemplate } from "../errors/uri.ts"
import { expandTemplate, type TemplateParts } from "./uri-template/expand.ts"
import { matchPath, type PathPattern, parsePath } from "./uri-template/path.ts"
import { decodePercent, normalizeUri } from "./uri-template/percent.ts"
import { matchQuery, parseQuery, type QueryPattern } from "./uri-template/query.ts"
import type { TemplateVariables } from "./uri-template/variables.ts"

/** A variable of a URI template. */
export interface TemplateVariable {
  readonly name: string
  /** `{x}` is one segment of a path, `{x*}` one or more, `{+x}` any text, and the others stand in the query. */
  readonly kind: "path" | "explode" | "reserved" | "query"
  /** Whether every matching URI has it. Only the query variables of `{?x}` and `{&x}` are optional. */
  readonly required: boolean
}

/** A URI template, compiled. */
export interface UriTemplate<Values = TemplateVariables<string>> {
  /** The template as it was written. */
  readonly template: string
  /** The normalised text before the first variable: what every matching URI begins with. */
  readonly prefix: string
  readonly variables: readonly TemplateVariable[]
  /**
   * Reads the variables from a URI: decoded once, absent query variables left out. Returns `undefined` for a URI of
   * another form, malformed percent-encoding, invalid UTF-8, and more than 8,192 characters.
   */
  match(uri: string): Values | undefined
  /**
   * Writes the URI that `match` reads back as `values`.
   *
   * @throws {InvalidTemplateValue} A path variable is missing or empty, or the URI would exceed 8,192 characters.
   */
  expand(values: Values): string
}

const MAX_TEMPLATE_LENGTH = 4096
const MAX_VARIABLES = 128

/**
 * Compiles a URI template. Supported are `{x}` (one segment), `{x*}` (one or more segments), `{+x}` (any text) and,
 * last, a query: `{?a,b}`, or `?kind=x&a={a}` and then `{&b}`.
 *
 * Literal text is compared in normal form, so `%7e` equals `~`. Query parameters may come in any order, the first of
 * several values counts, and `+` is a space in them. A template with a query ignores parameters that it does not have;
 * one without matches no URI that has a query. Values of `{+x}` are decoded and encoded like all others, so a `%` in
 * them is data. Where text between two variables also occurs inside a value, the first variable takes all it can.
 *
 * @throws {InvalidUriTemplate} No scheme, illegal characters, malformed or unsupported expressions, a name used
 * twice, more than 4,096 characters or 128 variables.
 * @see https://www.rfc-editor.org/rfc/rfc6570
 */
export function parseTemplate<const Template extends string>(
  template: Template,
): UriTemplate<TemplateVariables<Template>> {
  checkForm(template)
  const split = findQuery(template)
  const path = parsePath(template, template.slice(0, split))
  const query = split === template.length ? undefined : parseQuery(template, template.slice(split))
  if (query !== undefined && template.includes("#")) {
    throw new InvalidUriTemplate(
      template,
      "it has a fragment and a query",
      "Leave the `#` and what follows out.",
    )
  }
  const variables = listVariables(path, query)
  checkNames(template, variables, query)
  const parts: TemplateParts = { template, path, query }
  return Object.freeze({
    template,
    prefix: path.prefix,
    variables,
    // The type is computed from the same text that was parsed above.
    match: (uri: string) => matchTemplate(parts, uri) as TemplateVariables<Template> | undefined,
    // A mapped type over strings is an object, which TypeScript cannot see while `Template` is open.
    expand: (values: TemplateVariables<Template>) => expandTemplate(parts, values as object),
  })
}

/** Tells whether a text is a template and not just one URI. */
export function isTemplate(text: string): boolean {
  return text.includes("{")
}

function matchTemplate({ path, query }: TemplateParts, uri: string): Record<string, string> | undefined {
  const normal = normalizeUri(uri)
  if (normal === undefined || (query !== undefined && normal.includes("#"))) return undefined
  const mark = query === undefined ? -1 : normal.indexOf("?")
  const found = matchPath(path, mark < 0 ? normal : normal.slice(0, mark))
  if (found === undefined) return undefined
  // Without a prototype: an absent `{?constructor}` must be absent.
  const values: Record<string, string> = Object.create(null)
  path.variables.forEach(({ name }, index) => {
    values[name] = decodePercent(found[index] ?? "")
  })
  if (query === undefined) return values
  return matchQuery(query, mark < 0 ? "" : normal.slice(mark + 1), values) ? values : undefined
}

/** Checks what can be said before the template is taken apart: its length and its braces. */
function checkForm(template: string): void {
  if (template.length > MAX_TEMPLATE_LENGTH) {
    const fix = `Use at most ${MAX_TEMPLATE_LENGTH}.`
    throw new InvalidUriTemplate(template, `it has ${template.length} characters`, fix)
  }
  let open = -1
  for (let at = 0; at < template.length; at++) {
    const char = template[at]
    if (char === "{" ? open >= 0 : char === "}" && open < 0) {
      const problem = `\`${char}\` at position ${at} ${char === "{" ? "stands inside of braces" : "closes nothing"}`
      throw new InvalidUriTemplate(
        template,
        problem,
        "Write variables as `{name}`, and a brace itself as `%7B` or `%7D`.",
      )
    }
    if (char === "{") open = at
    if (char === "}") open = -1
  }
  if (open < 0) return
  throw new InvalidUriTemplate(template, `\`{\` at position ${open} is never closed`, "Add the `}`.")
}

/** Returns where the query begins: the first `?` outside of braces, or the first `{?`. */
function findQuery(template: string): number {
  for (const { 0: found, index } of template.matchAll(/\{\?|\{[^}]*\}|\?/g)) {
    if (found === "?" || found === "{?") return index
  }
  return template.length
}

function listVariables(path: PathPattern, query: QueryPattern | undefined): readonly TemplateVariable[] {
  const variables: TemplateVariable[] = []
  for (const { name, kind } of path.variables) variables.push({ name, kind, required: true })
  for (const { value } of query?.parameters ?? []) {
    if (value.kind === "variable") {
      variables.push({ name: value.variable, kind: "query", required: value.required })
    }
  }
  return Object.freeze(variables.map((variable) => Object.freeze(variable)))
}

function checkNames(
  template: string,
  variables: readonly TemplateVariable[],
  query: QueryPattern | undefined,
): void {
  if (variables.length > MAX_VARIABLES) {
    const fix = `Use at most ${MAX_VARIABLES}.`
    throw new InvalidUriTemplate(template, `it has ${variables.length} variables`, fix)
  }
  const twice =
    firstRepeated(variables.map(({ name }) => name)) ??
    firstRepeated((query?.parameters ?? []).map(({ key }) => key))
  if (twice === undefined) return
  throw new InvalidUriTemplate(
    template,
    `it names \`${twice}\` twice`,
    "Give each variable a name of its own.",
  )
}

function firstRepeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) < index)
}
