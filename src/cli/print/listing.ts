import { isObject } from "../../schema/keywords.ts"
import { type Json, type ListName, lists } from "../client/dialogue.ts"
import { count, withRemark, wrap } from "./layout.ts"
import type { Style } from "./output.ts"
import { promptSignature, toolSignature } from "./signature.ts"
import { terminalLine } from "./terminal-text.ts"

/** The components of a server, by kind. */
export type Listing = { readonly [List in ListName]?: readonly Json[] }

/** Under which words the kinds stand, and how many of each are called. */
const titles: { readonly [List in ListName]: string } = {
  tools: "Tools",
  resources: "Resources",
  templates: "Resource templates",
  prompts: "Prompts",
}

/** The most characters of a description that are shown. */
const longestDescription = 4_000

/** Says in a line what there is: `2 tools, 1 prompt`. */
export function summary(listing: Listing): string {
  const counts = namesIn(listing)
    .filter((name) => listing[name]?.length !== 0)
    .map((name) =>
      count(listing[name]?.length ?? 0, name === "templates" ? "resource template" : lists[name].kind),
    )
  return counts.join(", ")
}

/** Writes lists for people: each component as code would declare it, below it the first line of its description. */
export function renderListing(listing: Listing, style: Style): string {
  const render = (name: ListName, item: Json) => renderItem(name, item, style)
  return sectionsOf(listing, style, { render, between: "\n" }).join("\n\n")
}

/** Writes the kinds that have components, each under its title. */
export function sectionsOf(
  listing: Listing,
  { colors }: Style,
  { render, between }: { readonly render: (name: ListName, item: Json) => string; readonly between: string },
): readonly string[] {
  const filled = namesIn(listing).filter((name) => listing[name]?.length !== 0)
  return filled.map((name) => {
    const paragraphs = (listing[name] ?? []).map((item) => render(name, item))
    return `${colors.bold(titles[name])}\n${paragraphs.join(between)}`
  })
}

/** Writes the head of a component: what it is called, and its marks. */
export function renderHead(name: ListName, item: Json, style: Style): string {
  const { colors, width } = style
  // A name stays on the line of its type: the spaces between them become some that lines are not broken at.
  const whole = headOf(name, item, style).replaceAll(": ", ":\u00a0").replaceAll(" = ", "\u00a0=\u00a0")
  const head = wrap(whole, width, { indent: 2, hanging: 4 }).replaceAll("\u00a0", " ")
  const marks = marksOf(item).join(" ")
  return withRemark(head, marks === "" ? "" : colors.yellow(marks), width)
}

function renderItem(name: ListName, item: Json, style: Style): string {
  const head = renderHead(name, item, style)
  const said = String(item.description ?? titleOf(name, item) ?? "").slice(0, longestDescription)
  const first = terminalLine(said.trim().split("\n")[0] ?? "", longestDescription)
  return first === "" ? head : `${head}\n${style.colors.dim(wrap(first, style.width, { indent: 6 }))}`
}

/** The title of a component, where it says more than its name. */
export function titleOf(name: ListName, item: Json): string | undefined {
  const { title } = item
  if (typeof title !== "string") return undefined
  const letters = (text: unknown) =>
    String(text)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "")
  return letters(item[lists[name].id]).includes(letters(title)) ? undefined : terminalLine(title)
}

function headOf(name: ListName, item: Json, { colors }: Style): string {
  switch (name) {
    case "tools":
      return toolSignature(item, colors)
    case "prompts":
      return promptSignature(item, colors)
    default: {
      const id = colors.cyan(terminalLine(String(item[lists[name].id]), 1_000))
      const type =
        typeof item.mimeType === "string" ? `  ${colors.dim(terminalLine(item.mimeType, 100))}` : ""
      return `${id}${type}`
    }
  }
}

/** Its version and tags, as servers made with this package send them. */
function marksOf({ _meta: meta }: Json): readonly string[] {
  if (!isObject(meta)) return []
  const version = meta["fleetmcp/version"]
  const tags: readonly unknown[] = Array.isArray(meta["fleetmcp/tags"]) ? meta["fleetmcp/tags"] : []
  const marks = tags.filter((tag) => typeof tag === "string").map((tag) => `#${terminalLine(tag, 60)}`)
  return typeof version === "string" ? [`@${terminalLine(version, 60)}`, ...marks] : marks
}

/** The kinds that a listing holds, in the order in which they are shown. */
function namesIn(listing: Listing): readonly ListName[] {
  // `as`: the names of that very table.
  return (Object.keys(titles) as ListName[]).filter((name) => listing[name] !== undefined)
}
