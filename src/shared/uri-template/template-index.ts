import type { UriTemplate } from "../uri-template.ts"
import { normalizeUri } from "./percent.ts"
import type { TemplateVariables } from "./variables.ts"

/** A template that matches a URI. */
export interface TemplateMatch<Value> {
  /** What the template was registered with. */
  readonly value: Value
  readonly variables: TemplateVariables<string>
}

/** Finds the templates that match a URI among many. */
export interface TemplateIndex<Value> {
  /** Returns the first match in order of registration. */
  find(uri: string): TemplateMatch<Value> | undefined
  /** Yields all matches in order of registration. */
  findAll(uri: string): Generator<TemplateMatch<Value>>
}

interface Entry<Value> {
  readonly order: number
  readonly template: UriTemplate
  readonly value: Value
}

/** Indexes templates by their prefix, so that a read looks at those templates only that can match. */
export function templateIndex<Value>(
  entries: Iterable<readonly [template: UriTemplate, value: Value]>,
): TemplateIndex<Value> {
  const byPrefix = new Map<string, Entry<Value>[]>()
  let order = 0
  for (const [template, value] of entries) {
    const entry = { order: order++, template, value }
    const group = byPrefix.get(template.prefix)
    if (group === undefined) byPrefix.set(template.prefix, [entry])
    else group.push(entry)
  }
  const lengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))]

  function candidates(uri: string): readonly Entry<Value>[] {
    const groups: Entry<Value>[][] = []
    for (const length of lengths) {
      const group = length <= uri.length ? byPrefix.get(uri.slice(0, length)) : undefined
      if (group !== undefined) groups.push(group)
    }
    return groups.length === 1 ? (groups[0] ?? []) : groups.flat().sort((a, b) => a.order - b.order)
  }

  function* findAll(uri: string): Generator<TemplateMatch<Value>> {
    const normal = normalizeUri(uri)
    if (normal === undefined) return
    for (const { template, value } of candidates(normal)) {
      const variables = template.match(normal)
      if (variables !== undefined) yield { value, variables }
    }
  }

  return Object.freeze({ find: (uri: string) => findAll(uri).next().value ?? undefined, findAll })
}
