import { parse } from "yaml"
import { withoutMark } from "../shared/utf8.ts"

/** What the main file of a skill says of it. */
export interface SkillHead {
  /** The frontmatter as JSON, as its author wrote it; `undefined` where there is none that can be read. */
  readonly frontmatter: { readonly [field: string]: unknown } | undefined
  /** Why there is none. */
  readonly problem: string | undefined
  /** What the skill is for: of the frontmatter, else the first line that says something. */
  readonly description: string | undefined
}

/** A frontmatter is a few lines; more is none. */
const MAX_FRONTMATTER = 65_536
const MAX_DESCRIPTION = 1024
const MAX_ALIASES = 20

/**
 * Reads the head of a main file.
 *
 * @see https://agentskills.io/specification
 */
export function readHead(text: string): SkillHead {
  const { yaml, body } = split(withoutMark(text))
  const firstLine = toDescription(body.find((line) => line !== "") ?? "")
  if (yaml === undefined)
    return { frontmatter: undefined, problem: "it has no frontmatter", description: firstLine }
  const { fields, problem } = readYaml(yaml)
  // People who read it forgive what YAML does not, such as a second colon in a line.
  const said = fields?.description ?? /^description:[ \t]*(.+)$/m.exec(yaml)?.[1]
  const description = typeof said === "string" ? toDescription(said) : undefined
  return { frontmatter: fields, problem, description: description ?? firstLine }
}

/** Parts the frontmatter from what follows it; of that, lines without the marks of Markdown. */
function split(text: string): { readonly yaml: string | undefined; readonly body: readonly string[] } {
  const lines = text.slice(0, MAX_FRONTMATTER).split("\n")
  const isFence = (line: string | undefined) => line?.trimEnd() === "---"
  const end = isFence(lines[0]) ? lines.findIndex((line, index) => index > 0 && isFence(line)) : -1
  const plain = lines.slice(end + 1).map((line) => line.replace(/^[\s#>*-]+/, "").trim())
  return { yaml: end === -1 ? undefined : lines.slice(1, end).join("\n"), body: plain }
}

interface Yaml {
  readonly fields: SkillHead["frontmatter"]
  readonly problem: string | undefined
}

/** YAML 1.2 without types of its own: a date stays the text that its author wrote. */
function readYaml(yaml: string): Yaml {
  try {
    const value: unknown = parse(yaml, {
      schema: "core",
      version: "1.2",
      maxAliasCount: MAX_ALIASES,
      logLevel: "error",
      prettyErrors: false,
    })
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { fields: undefined, problem: "its frontmatter is not a list of fields" }
    if (!isJson(value)) return { fields: undefined, problem: "its frontmatter holds what JSON cannot say" }
    // A plain object, as `isJson` looked.
    return { fields: value as { readonly [field: string]: unknown }, problem: undefined }
  } catch (error) {
    // It may be nested so deep that the stack ends.
    const why = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error)
    return { fields: undefined, problem: `its frontmatter is no YAML: ${why}` }
  }
}

/** `undefined`, bytes, infinite numbers and big ones would be others to whoever compares. */
function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true
  if (typeof value === "number") return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  return typeof value === "object" && isPlain(value) && Object.values(value).every(isJson)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function toDescription(text: string): string | undefined {
  const trimmed = text.trim().slice(0, MAX_DESCRIPTION)
  return trimmed === "" ? undefined : trimmed
}
