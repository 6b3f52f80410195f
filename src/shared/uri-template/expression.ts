import { InvalidUriTemplate } from "../../errors/uri.ts"
import { clip } from "../clip.ts"
import { normalizePercent } from "./percent.ts"

/** What stands between two braces. */
export interface Expression {
  readonly operator: "" | "+" | "?" | "&"
  readonly names: readonly string[]
  /** Whether the one name is followed by `*`. */
  readonly explode: boolean
}

const supported = "Use `{x}`, `{x*}`, `{+x}`, `{?a,b}` or `{&a}`."
const forbidden = /[^!#-;=?-Z[\]_a-z~\u{A0}-\u{D7FF}\u{E000}-\u{10FFFF}]/u
const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/
const variableName = /^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/

/**
 * Reads the text between two braces.
 *
 * @throws {InvalidUriTemplate} An operator, modifier or name that is not supported.
 */
export function parseExpression(template: string, body: string): Expression {
  const [, operator = "", list = ""] = /^([^A-Za-z0-9_]?)(.*)$/s.exec(body) ?? []
  if (body === "") throw new InvalidUriTemplate(template, "it has an expression without a name", supported)
  if (operator !== "" && operator !== "+" && operator !== "?" && operator !== "&") {
    throw new InvalidUriTemplate(
      template,
      `\`{${body}}\` uses the operator \`${operator}\``,
      operatorFix(operator, list),
    )
  }
  const explode = operator === "" && list.endsWith("*")
  const names = (explode ? list.slice(0, -1) : list).split(",")
  for (const name of names) checkName(template, body, name)
  if (names.length > 1 && (operator === "" || operator === "+")) {
    const fix = `Write ${names.map((name) => `\`{${operator}${name}}\``).join(",")}; a list is for \`{?a,b}\` only.`
    throw new InvalidUriTemplate(template, `\`{${body}}\` lists several path variables`, fix)
  }
  return { operator, names, explode }
}

/**
 * Checks and normalises the text outside of braces.
 *
 * @throws {InvalidUriTemplate} A character or escape that no URI may hold (RFC 6570 §2.1).
 */
export function parseLiteral(template: string, literal: string): string {
  const malformed = badEscape.exec(literal)?.[0]
  if (malformed !== undefined) {
    const fix = "Write two hexadecimal digits after `%`, or `%25` for the sign itself."
    throw new InvalidUriTemplate(template, `\`${malformed}\` is no percent-encoding`, fix)
  }
  const char = forbidden.exec(literal)?.[0]
  if (char !== undefined) throw illegalCharacter(template, char)
  const normal = normalizePercent(literal)
  if (normal !== undefined) return normal
  throw new InvalidUriTemplate(
    template,
    `\`${literal}\` is not UTF-8`,
    "Percent-encode the bytes of UTF-8 text.",
  )
}

function checkName(template: string, body: string, name: string): void {
  if (name === "__proto__") {
    throw new InvalidUriTemplate(template, "a variable cannot be named `__proto__`", "Give it another name.")
  }
  if (variableName.test(name)) return
  const modifier = /[*:?].*$/s.exec(name)?.[0]
  if (modifier !== undefined) {
    const fix =
      modifier === "?" ? "Only query variables are optional: write `{?name}` at the end." : supported
    throw new InvalidUriTemplate(template, `\`{${body}}\` uses the modifier \`${modifier}\``, fix)
  }
  const fix = "Use letters, digits, `_`, `-` and single dots inside, beginning with a letter, a digit or `_`."
  throw new InvalidUriTemplate(template, `\`{${body}}\` has the name \`${name}\``, fix)
}

function operatorFix(operator: string, list: string): string {
  const same = operator === "/" || operator === "." || operator === "#"
  return same && variableName.test(list) ? `Write \`${operator}{${list}}\`. ${supported}` : supported
}

function illegalCharacter(template: string, char: string): InvalidUriTemplate {
  if (/[\ud800-\udfff]/u.test(char))
    return new InvalidUriTemplate(template, "it is not well-formed Unicode", "Remove the lone surrogate.")
  const isVisible = char.trim() !== "" && clip(char) === char
  const code = () => `U+${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`
  const fix = `Percent-encode it: \`${encodeURIComponent(char)}\`.`
  return new InvalidUriTemplate(
    template,
    `it holds the illegal character \`${isVisible ? char : code()}\``,
    fix,
  )
}
