import type { Completers } from "../components/completion.ts"
import type { Component, ComponentKind } from "../components/component.ts"
import { displayTitle, isName, isUri } from "../components/name.ts"
import type { Prompt } from "../components/prompt.ts"
import type { Resource } from "../components/resource.ts"
import type { Template } from "../components/template.ts"
import type { Tool } from "../components/tool.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { headerParams } from "../schema/header-params.ts"
import type { JsonSchema } from "../schema/schema.ts"
import type { Resolved, Scope } from "../server/provider.ts"
import { parseTemplate } from "../shared/uri-template.ts"

/** A JSON object as it came. */
export type Fields = { readonly [field: string]: unknown }

/** How what an upstream lists is run. */
export interface Running {
  /** The name of the upstream. */
  readonly owner: string
  /** Sends a request of a kind's own method with what it was called with. */
  readonly invoke: Invoke
  /** Has the upstream tell of updates of a resource. */
  readonly watch: ((uri: string, scope: Scope) => () => void) | undefined
  /** Suggests values for an argument; nothing where the upstream suggests none. */
  readonly completer: ((ref: Fields, argument: string) => Completers[string]) | undefined
}

type Invoke = (kind: ComponentKind, definition: Fields, input: unknown) => (ctx: unknown) => Promise<object>

/** The most characters of one definition as JSON. */
const mostOfOne = 262_144

/** What is wrong with a definition, for the end of a sentence. */
export type Problem = string

/**
 * Makes a component of what an upstream says of one. It is shown as it came: what is unknown of it is for clients to
 * know. Nothing of it is made into code.
 */
export function toResolved(kind: ComponentKind, given: unknown, running: Running): Resolved | Problem {
  if (!isObject(given)) return "is no object"
  const size = sizeOf(given)
  if (size === undefined || size > mostOfOne) return `is too deep, or larger than ${mostOfOne} characters`
  const made = makers[kind](given, running)
  if (typeof made === "string") return made
  const invoke = (input: unknown, ctx: unknown) => running.invoke(kind, given, input)(ctx)
  // What is validated, and how, its own server decides: defaults of this one change nothing.
  const component: object = Object.freeze({
    ...made,
    invoke,
    ...(kind === "tool" && { withDefaults: () => component }),
  })
  // Made by the maker of its kind.
  return { component, owner: running.owner, invoke, ...watchOf(kind, running) } as unknown as Resolved
}

function watchOf(kind: ComponentKind, { watch }: Running): Pick<Resolved, "watch"> {
  return watch !== undefined && (kind === "resource" || kind === "template") ? { watch } : {}
}

type Made<C extends Component> = Omit<C, "invoke" | "withDefaults">

const makers: {
  readonly [kind in ComponentKind]: (definition: Fields, running: Running) => object | Problem
} = {
  tool(definition): Made<Tool> | Problem {
    const { name, inputSchema, outputSchema, annotations } = definition
    if (!isName(name)) return "has a name that is none of a tool"
    if (!isObject(inputSchema)) return "has no input schema"
    let headers: Tool["headerParams"]
    try {
      headers = headerParams(inputSchema as JsonSchema)
    } catch {
      // S28/basic/transports/streamable-http#schema-extension: clients leave such a tool out.
      return "has an `x-mcp-header` that breaks the rules"
    }
    return {
      ...shared("tool", name, definition),
      name,
      // As it came.
      annotations: annotations as Tool["annotations"],
      timeout: undefined,
      inputSchema: inputSchema as JsonSchema,
      outputSchema: isObject(outputSchema) ? (outputSchema as JsonSchema) : undefined,
      definition: Object.freeze(definition) as unknown as Tool["definition"],
      headerParams: headers,
    }
  },
  prompt(definition, { completer }): Made<Prompt> | Problem {
    const { name, arguments: args } = definition
    if (!isName(name)) return "has a name that is none of a prompt"
    const names = (Array.isArray(args) ? args : []).flatMap((each) =>
      isObject(each) && typeof each.name === "string" ? [each.name] : [],
    )
    return {
      ...shared("prompt", name, definition),
      name,
      timeout: undefined,
      ...completed({ type: "ref/prompt", name }, names, completer),
      definition: Object.freeze(definition) as unknown as Prompt["definition"],
    } as Made<Prompt>
  },
  resource(definition): Made<Resource> | Problem {
    const { uri, mimeType } = definition
    if (!isUri(uri)) return "has a URI that is none"
    return {
      ...shared("resource", uri, definition),
      name: nameOf(definition, uri),
      mimeType: typeof mimeType === "string" ? mimeType : undefined,
      timeout: undefined,
      cache: undefined,
      definition: Object.freeze(definition) as unknown as Resource["definition"],
    }
  },
  template(definition, { completer }): Made<Template> | Problem {
    const { uriTemplate: uri, mimeType } = definition
    if (typeof uri !== "string") return "has no URI template"
    let uriTemplate: Template["uriTemplate"]
    try {
      uriTemplate = parseTemplate(uri)
    } catch {
      return "has a URI template that is not understood"
    }
    const names = uriTemplate.variables.map(({ name }) => name)
    return {
      ...shared("template", uri, definition),
      name: nameOf(definition, uri),
      mimeType: typeof mimeType === "string" ? mimeType : undefined,
      timeout: undefined,
      cache: undefined,
      uriTemplate,
      ...completed({ type: "ref/resource", uri }, names, completer),
      definition: Object.freeze(definition) as unknown as Template["definition"],
      // What its variables may be, its own server decides; it gets the URI as it came.
      accept: (read: string) => uriTemplate.match(read),
    }
  },
}

function shared<K extends ComponentKind>(
  kind: K,
  id: string,
  definition: Fields,
): Component & { readonly kind: K } {
  const { title, description, icons, _meta, annotations } = definition
  const own = isObject(annotations) && typeof annotations.title === "string" ? annotations.title : undefined
  return {
    kind,
    id,
    // An upstream cannot put itself in front of what is here by a higher version.
    version: undefined,
    title: displayTitle({
      name: nameOf(definition, id),
      title: typeof title === "string" ? title : own,
    }),
    description: typeof description === "string" ? description : undefined,
    // As they came.
    icons: icons as Component["icons"],
    tags: tagsOf(_meta),
    meta: isObject(_meta) ? _meta : undefined,
    auth: undefined,
    completes: false,
  }
}

/** The tags that servers of this package and of FastMCP say in `_meta`. */
function tagsOf(meta: unknown): readonly string[] {
  if (!isObject(meta)) return []
  const foreign = meta.fastmcp ?? meta._fastmcp
  const tags = meta["fleetmcp/tags"] ?? (isObject(foreign) ? foreign.tags : undefined)
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string").slice(0, 100) : []
}

function nameOf({ name }: Fields, id: string): string {
  return typeof name === "string" ? name : id
}

function completed(
  ref: Fields,
  names: readonly string[],
  completer: Running["completer"],
): { readonly completes: boolean; readonly completers: Completers } {
  if (completer === undefined) return { completes: false, completers: {} }
  return {
    completes: names.length > 0,
    completers: Object.fromEntries(names.map((name) => [name, completer(ref, name)])),
  }
}

function sizeOf(value: object): number | undefined {
  try {
    return JSON.stringify(value).length
  } catch {
    // Nested too deep to be written.
    return undefined
  }
}
