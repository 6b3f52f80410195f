import { assertMeta, toAnnotations, toToolAnnotations } from "../components/annotations.ts"
import { changedComponent } from "../components/changed.ts"
import { normalizeIcons } from "../components/icon-list.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Resolved } from "../server/provider.ts"
import { defineTransform, type Transform } from "../server/transform.ts"
import { andThen } from "../shared/maybe-promise.ts"
import type { Annotations, Icon, MetaObject, ToolAnnotations } from "../spec/index.ts"
import { createListed, createWrapped } from "./wrapped.ts"

/** What is said of a component. What is left out stays as it is. */
export interface Description {
  /** The name people read. */
  readonly title?: string
  /** What it does, for the model. */
  readonly description?: string
  /** All its tags. */
  readonly tags?: readonly string[]
  /** Its icons: `https:` URLs, or what `icon()` makes. */
  readonly icons?: readonly (Icon | string)[]
  /** Its `_meta`. */
  readonly meta?: { readonly [key: string]: unknown }
  /** Hints for hosts, beside those that it has. */
  readonly annotations?: ToolAnnotations | Annotations
}

const options: KnownOptions = {
  kinds: {
    title: "string",
    description: "string",
    tags: "strings",
    icons: "list",
    meta: "object",
    annotations: "object",
  },
  foreign: { name: "Use `rename()`.", _meta: "Use `meta`." },
}

/**
 * Says something else of components than they say themselves: title, description, tags, icons, `_meta`, annotations. They
 * are called as before.
 *
 * @param descriptions What is said, by name, URI or URI template.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @example
 * const mcp = new FleetMCP("Demo", {
 *   transforms: [relabel({ add: { title: "Sum", tags: ["math"] } })],
 * })
 */
export function relabel(descriptions: { readonly [id: string]: Description }): Transform {
  const names = isObject(descriptions) ? Object.keys(descriptions) : []
  assertOptions("`relabel()`", descriptions, { names })
  const changes = new Map(Object.entries(descriptions).map(([id, given]) => [id, read(id, given)]))
  const wrapped = createWrapped((entry) => {
    const change = changes.get(entry.component.id)
    return change === undefined ? entry : described(entry, change)
  })
  const listed = createListed((entries) => entries.map((entry) => wrapped(entry)))
  return defineTransform({
    name: "relabel",
    list: (_kind, entries) => listed(entries),
    find: (_kind, id, next) => andThen(next(id), (entry) => entry && wrapped(entry)),
  })
}

interface Change {
  readonly fields: object
  readonly annotations: ToolAnnotations | Annotations | undefined
}

function read(id: string, given: Description): Change {
  const subject = `description of \`${id}\``
  assertOptions(`The ${subject}`, given, options)
  const { annotations, icons, tags, meta, title, description } = given
  if (meta !== undefined) assertMeta(meta as MetaObject, subject)
  const fields = {
    ...(title === undefined ? undefined : { title }),
    ...(description === undefined ? undefined : { description }),
    ...(tags === undefined ? undefined : { tags: Object.freeze([...tags]) }),
    ...(icons === undefined ? undefined : { icons: normalizeIcons(icons) }),
    ...(meta === undefined ? undefined : { meta: Object.freeze({ ...meta }) }),
  }
  return { fields, annotations }
}

function described(entry: Resolved, { fields, annotations }: Change): Resolved {
  // Every kind has these fields.
  const component = entry.component as Resolved<"tool">["component"]
  const { kind, id, definition } = component as Resolved["component"]
  // Prompts have none.
  if (annotations === undefined || kind === "prompt")
    return { ...entry, component: changedComponent(component, fields) } as unknown as Resolved
  const all = { ...(definition as { readonly annotations?: object }).annotations, ...annotations }
  const subject = `${kind} \`${id}\``
  // Which of the two they are, the check says.
  const checked =
    kind === "tool"
      ? toToolAnnotations(all as ToolAnnotations, subject)
      : toAnnotations(all as Annotations, subject)
  const changes = kind === "tool" ? { ...fields, annotations: checked } : fields
  return {
    ...entry,
    component: changedComponent(component, changes, { annotations: checked }),
  } as unknown as Resolved
}
