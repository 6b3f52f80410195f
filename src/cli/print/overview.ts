import { isObject } from "../../schema/keywords.ts"
import type { Introduction, Json, ListName } from "../client/dialogue.ts"
import { wrap } from "./layout.ts"
import { type Listing, renderHead, sectionsOf, summary, titleOf } from "./listing.ts"
import type { Style } from "./output.ts"
import { typeText } from "./signature.ts"
import { terminalJson, terminalLine, terminalText } from "./terminal-text.ts"

/** The most characters of a description or instructions that are shown. */
const longestText = 8_000

/** Writes all that a server says of itself for people. */
export function renderOverview(introduction: Introduction, listing: Listing, style: Style): string {
  const { instructions } = introduction
  const between = "\n\n"
  const sections = sectionsOf(listing, style, {
    render: (name, item) => renderComponent(name, item, style),
    between,
  })
  const parts = [
    renderServer(introduction, listing, style),
    ...(instructions === undefined ? [] : [renderInstructions(instructions, style)]),
    ...sections,
  ]
  return parts.join(between)
}

function renderServer(
  { serverInfo = {}, revision, capabilities }: Introduction,
  listing: Listing,
  style: Style,
) {
  const { colors, width } = style
  const title = text(serverInfo.title) ?? text(serverInfo.name) ?? "A server without a name"
  const version = text(serverInfo.version)
  const head = `${colors.bold(title)}${version === undefined ? "" : ` ${version}`}`
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["name", serverInfo.title === undefined ? undefined : text(serverInfo.name)],
    ["about", text(serverInfo.description)],
    ["website", text(serverInfo.websiteUrl)],
    ["protocol", terminalLine(revision)],
    ["can", Object.entries(capabilities).map(renderCapability).join(", ") || "nothing"],
    ["offers", summary(listing) || "nothing"],
  ]
  const lines = rows
    .filter((row): row is [string, string] => row[1] !== undefined)
    .map(([name, value]) => {
      const row = `${colors.dim(name.padEnd(9))} ${value}`
      return wrap(row, width, { indent: 2, hanging: 10 })
    })
  return [head, ...lines].join("\n")
}

function renderInstructions(instructions: string, { colors, width }: Style): string {
  const said = terminalText(instructions.slice(0, longestText)).trim()
  return `${colors.bold("Instructions")}\n${wrap(said, width, { indent: 2 })}`
}

/** A capability, with what it holds: `tools (listChanged)`, or the names of extensions. */
function renderCapability([name, value]: readonly [string, unknown]): string {
  const inside = isObject(value) ? Object.keys(value).filter((key) => value[key] !== false) : []
  const shown = inside.slice(0, 20).map((key) => terminalLine(key, 100))
  return shown.length === 0 ? terminalLine(name, 100) : `${terminalLine(name, 100)} (${shown.join(", ")})`
}

function renderComponent(name: ListName, item: Json, style: Style): string {
  const { colors, width } = style
  const said = terminalText(String(item.description ?? "").slice(0, longestText)).trim()
  const lines = [
    renderHead(name, item, style),
    ...(said === "" ? [] : [wrap(said, width, { indent: 6 })]),
    ...facts(name, item).map(([word, value]) =>
      wrap(`${colors.dim(word)} ${value}`, width, { indent: 6, hanging: 2 }),
    ),
    ...members(name, item).map(([word, value]) =>
      wrap(`${colors.green(word)}${value === "" ? "" : ` ${value}`}`, width, { indent: 8, hanging: 2 }),
    ),
  ]
  return lines.join("\n")
}

/** What a component says of itself beside its name and description. */
function facts(name: ListName, item: Json): readonly (readonly [string, string])[] {
  const hints = isObject(item.annotations) ? Object.entries(item.annotations) : []
  const annotations = hints
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => (value === true ? key : `${key} ${JSON.stringify(value)}`))
    .map((hint) => terminalLine(hint, 200))
  const off = hints.filter(([, value]) => value === false).map(([key]) => `not ${terminalLine(key, 100)}`)
  const marks = [...annotations, ...off].join(", ")
  const title = titleOf(name, item)
  const size = typeof item.size === "number" ? `${item.size} bytes` : undefined
  return [
    ...(title === undefined ? [] : [["title", title] as const]),
    ...(size === undefined ? [] : [["size", size] as const]),
    ...(marks === "" ? [] : [["marked", marks] as const]),
  ]
}

/** What each parameter is for. */
function members(name: ListName, item: Json): readonly (readonly [string, string])[] {
  if (name === "prompts") {
    const given: readonly unknown[] = Array.isArray(item.arguments) ? item.arguments : []
    return given
      .filter(isObject)
      .map((each) => [terminalLine(String(each.name), 100), text(each.description) ?? ""])
  }
  const schema = item.inputSchema
  if (name !== "tools" || !isObject(schema) || !isObject(schema.properties)) return []
  return Object.entries(schema.properties).flatMap(([key, property]) => {
    if (!isObject(property)) return []
    const limits = limitsOf(property)
    const about = [typeText(property, schema, 0), ...limits].join(", ")
    const said = text(property.description)
    return [[terminalLine(key, 100), `${about}${said === undefined ? "" : ` · ${said}`}`] as const]
  })
}

/** The keywords that say more than the type, as they are. */
const limitWords = [
  "format",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "default",
]

function limitsOf(schema: Json): readonly string[] {
  return limitWords
    .filter((word) => schema[word] !== undefined)
    .map((word) => `${word} ${terminalLine(terminalJson(schema[word], 0), 200)}`)
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? terminalLine(value) : undefined
}
