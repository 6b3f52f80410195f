import { isObject } from "../protocol/jsonrpc.ts"
import type { Tool as WireTool } from "../spec/index.ts"

/** What of a tool is searched. */
export interface ToolTexts {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly tags: string
  readonly parameters: string
}

/** A tool may come from a stranger: no text of it is searched further than this, nor are more parameters. */
const mostCharacters = 2_000
const mostParameters = 200
const deepest = 5

/** Takes from a tool what is searched, each part bounded. */
export function textsOf(tool: WireTool): ToolTexts {
  return {
    name: tool.name,
    title: clipped(tool.title ?? tool.annotations?.title),
    description: clipped(tool.description),
    tags: clipped(tagsOf(tool).join(" ")),
    parameters: clipped(parametersOf(tool.inputSchema)),
  }
}

/** The tags that a tool shows. */
export function tagsOf({ _meta }: WireTool): readonly string[] {
  const tags: unknown = _meta?.["fleetmcp/tags"]
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : []
}

function clipped(text: unknown): string {
  return typeof text === "string" ? text.slice(0, mostCharacters) : ""
}

/** The names and descriptions of parameters, those inside of others too. */
function parametersOf(schema: unknown): string {
  const words: string[] = []
  const walk = (value: unknown, depth: number): void => {
    if (!isObject(value) || depth > deepest) return
    if (isObject(value.properties)) {
      for (const [name, property] of Object.entries(value.properties)) {
        if (words.length >= 2 * mostParameters) return
        words.push(name)
        if (isObject(property) && typeof property.description === "string") words.push(property.description)
        walk(property, depth + 1)
      }
    }
    walk(value.items, depth + 1)
    for (const part of [value.anyOf, value.oneOf, value.allOf])
      if (Array.isArray(part)) for (const each of part.slice(0, mostParameters)) walk(each, depth + 1)
  }
  walk(schema, 0)
  return words.join(" ")
}
