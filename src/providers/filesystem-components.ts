import { assertPromptName, assertToolName, displayTitle } from "../components/name.ts"
import type { Prompt } from "../components/prompt.ts"
import type { Tool } from "../components/tool.ts"
import type { Namespace } from "./filesystem-import.ts"
import { type AnyComponent, isComponent } from "./local.ts"

/** Finds the components among what a module exports, also in lists; each once. */
export function componentsOf(namespace: Namespace): readonly AnyComponent[] {
  const exported = Object.values(namespace).flatMap((value): readonly unknown[] =>
    Array.isArray(value) ? value : [value],
  )
  return [...new Set(exported.filter(isComponent))]
}

/**
 * Makes the same component under a name with a prefix. A URI stays as it is: it is whole, and others refer to it.
 *
 * @throws {InvalidName} The whole is no name.
 */
export function prefixed(component: AnyComponent, prefix: string): AnyComponent {
  if (prefix === "") return component
  if (component.kind === "tool") return prefixedTool(component, prefix)
  return component.kind === "prompt" ? prefixedPrompt(component, prefix) : component
}

function prefixedTool(tool: Tool, prefix: string): Tool {
  const name = `${prefix}${tool.name}`
  assertToolName(name)
  const title = titleOf(tool, name)
  return Object.freeze({
    ...tool,
    id: name,
    name,
    title,
    definition: Object.freeze({ ...tool.definition, name, title }),
    withDefaults: (defaults) => prefixedTool(tool.withDefaults(defaults), prefix),
  } satisfies Tool)
}

function prefixedPrompt(prompt: Prompt, prefix: string): Prompt {
  const name = `${prefix}${prompt.name}`
  assertPromptName(name)
  const title = titleOf(prompt, name)
  return Object.freeze({
    ...prompt,
    id: name,
    name,
    title,
    definition: Object.freeze({ ...prompt.definition, name, title }),
  })
}

/** A title that was made of the name is made of the new one. */
function titleOf(component: Tool | Prompt, name: string): string {
  return component.title === displayTitle({ name: component.name }) ? displayTitle({ name }) : component.title
}
