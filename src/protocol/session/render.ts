import type { Features } from "../../spec/features.ts"
import { isObject } from "../jsonrpc.ts"
import { isChanceObject, isObjectSchema } from "../structured.ts"
import { wrapSchema } from "./wrap-schema.ts"

type Fields = { readonly [name: string]: unknown }
type Render = (value: Fields) => Fields

/** Says what a server of today means in the words of an older revision. */
export interface Renderer {
  /** Renders the result of a method. */
  result(method: string, result: Fields): Fields
  /** Renders a tool, as lists and sampling requests hold it. */
  tool: Render
  /** Renders a block of a sampling message that the revision knows. */
  sampled: Render
  /** Renders what the server says of itself. */
  implementation: Render
  /** Renders its capabilities. */
  capabilities: Render
}

/**
 * Makes the renderer of a revision, from its row of the feature table.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/changelog and those before it
 */
export function createRenderer(features: Features): Renderer {
  const definition = renderDefinition(features)
  const tool = renderTool(features)
  const content = renderContent(features)
  const outcome: Render = (result) => structured(features, inList("content", content)(result))
  const renderers: { readonly [method: string]: Render } = {
    "tools/list": withoutHints(inList("tools", tool)),
    "prompts/list": withoutHints(inList("prompts", renderPrompt(features))),
    "resources/list": withoutHints(inList("resources", definition)),
    "resources/templates/list": withoutHints(inList("resourceTemplates", definition)),
    "resources/read": withoutHints(inList("contents", renderContents(features))),
    "prompts/get": inList("messages", inMember("content", content)),
    "tools/call": outcome,
  }
  return {
    result(method, result) {
      const render = Object.hasOwn(renderers, method) ? renderers[method] : undefined
      return render === undefined ? result : render(result)
    },
    tool,
    sampled: (block) => (block.type === "tool_result" ? outcome(content(block)) : content(block)),
    implementation: renderImplementation(features),
    capabilities: dropping([
      ...(features.completions ? [] : ["completions"]),
      ...(features.extensions ? [] : ["extensions"]),
    ]),
  }
}

function renderImplementation({ title, icons }: Features): Render {
  return dropping([...(title ? [] : ["title"]), ...(icons ? [] : ["icons", "description", "websiteUrl"])])
}

function renderTool(features: Features): Render {
  const { title, toolAnnotations, outputSchema } = features
  const dropped = dropping([
    ...undefinedNames(features),
    ...(toolAnnotations ? [] : ["annotations"]),
    ...(outputSchema === false ? ["outputSchema"] : []),
  ])
  const named = title || toolAnnotations ? same : describedByTitle
  const plain = (tool: Fields) =>
    inMember("outputSchema", plainProperties)(inMember("inputSchema", plainProperties)(tool))
  return (tool) => {
    const rest = plain(dropped(named(tool)))
    // What there was before tools had titles of their own.
    const annotated = !title && toolAnnotations && tool.title !== undefined
    const wrapped =
      outputSchema === "object" && isObject(rest.outputSchema) && !isObjectSchema(rest.outputSchema)
    if (!annotated && !wrapped) return rest
    return {
      ...rest,
      ...(annotated ? { annotations: { title: tool.title, ...fieldsOf(rest.annotations) } } : undefined),
      // `wrapped` says that it is an object.
      ...(wrapped ? { outputSchema: wrapSchema(rest.outputSchema as Fields) } : undefined),
    }
  }
}

/**
 * Until 2026-07-28 every property was described by an object, and clients refuse a whole list for one that is not.
 *
 * @see S11/schema#tool
 */
function plainProperties(schema: Fields): Fields {
  return inMember("properties", (properties) => {
    if (!Object.values(properties).some((property) => typeof property === "boolean")) return properties
    const entries = Object.entries(properties).map(([name, property]) => [
      name,
      property === true ? {} : property === false ? { not: {} } : property,
    ])
    return Object.fromEntries(entries)
  })(schema)
}

function renderPrompt(features: Features): Render {
  const definition = renderDefinition(features)
  if (features.title) return definition
  const dropped = dropping(["title"])
  return (prompt) =>
    inList("arguments", (argument) => dropped(describedByTitle(argument)))(definition(prompt))
}

/** Resources and templates, and what prompts have in common with them. */
function renderDefinition(features: Features): Render {
  const dropped = dropping(undefinedNames(features))
  const named = features.title ? same : describedByTitle
  const dated = features.lastModified ? same : withoutDate
  return (value) => dated(dropped(named(value)))
}

/** Where there are no titles, one that nothing else describes is better than none. */
function describedByTitle(value: Fields): Fields {
  const { title, description } = value
  return typeof title === "string" && description === undefined ? { ...value, description: title } : value
}

/** The members of components that a revision does not know. */
function undefinedNames({ title, icons, meta }: Features): readonly string[] {
  return [...(title ? [] : ["title"]), ...(icons ? [] : ["icons"]), ...(meta === "all" ? [] : ["_meta"])]
}

function renderContents({ meta }: Features): Render {
  return meta === "all" ? same : dropping(["_meta"])
}

function renderContent(features: Features): Render {
  const { audio, resourceLink, lastModified } = features
  const link = dropping(undefinedNames(features))
  const dropped = features.meta === "all" ? same : dropping(["_meta"])
  const contents = renderContents(features)
  return (block) => {
    const rest = lastModified ? dropped(block) : withoutDate(dropped(block))
    switch (block.type) {
      case "audio":
        return audio ? rest : asResource(rest)
      case "resource_link":
        return resourceLink ? link(rest) : asText(rest)
      case "resource":
        return inMember("resource", contents)(rest)
      default:
        return rest
    }
  }
}

/** Audio, for clients that know none: the same bytes, as a resource. */
function asResource({ type: _type, data, mimeType, ...rest }: Fields): Fields {
  return { ...rest, type: "resource", resource: { uri: "content://audio", mimeType, blob: data } }
}

/** A link, for clients that know none: words that name it. */
function asText({ uri, name, title, description, annotations }: Fields): Fields {
  const [label, named, place, about] = [title, name, uri, description].map(toWords)
  const text = `${label || named} <${place}>${about && `: ${about}`}`.trimStart()
  return annotations === undefined ? { type: "text", text } : { type: "text", text, annotations }
}

/** A server behind ours may send anything. */
function toWords(value: unknown): string {
  return typeof value === "string" ? value : ""
}

/**
 * Where structured content must be an object, what is none stands under `result`; the tool's schema says so. Where
 * there is none, its text stands for it.
 *
 * @see SEP-2106
 */
function structured({ structuredContent: support }: Features, result: Fields): Fields {
  const { structuredContent, ...rest } = result
  if (structuredContent === undefined || support === "any") return result
  if (support === false) {
    const { content } = rest
    const isMute = Array.isArray(content) && content.length === 0
    return isMute ? { ...rest, content: [{ type: "text", text: JSON.stringify(structuredContent) }] } : rest
  }
  return isObject(structuredContent) && !isChanceObject(structuredContent)
    ? result
    : { ...rest, structuredContent: { result: structuredContent } }
}

const hints = ["ttlMs", "cacheScope"]

function withoutHints(render: Render): Render {
  const dropped = dropping(hints)
  return (result) => render(dropped(result))
}

function withoutDate(value: Fields): Fields {
  const { annotations } = value
  if (!isObject(annotations) || annotations.lastModified === undefined) return value
  return { ...value, annotations: dropping(["lastModified"])(annotations) }
}

/** Renders every object of a list that stands in a member. */
function inList(member: string, render: Render): Render {
  if (render === same) return same
  return (value) => {
    const list: unknown = value[member]
    if (!Array.isArray(list)) return value
    return { ...value, [member]: list.map((item) => (isObject(item) ? render(item) : item)) }
  }
}

/** Renders the object that stands in a member. */
function inMember(member: string, render: Render): Render {
  if (render === same) return same
  return (value) => {
    const inner = value[member]
    return isObject(inner) ? { ...value, [member]: render(inner) } : value
  }
}

function dropping(names: readonly string[]): Render {
  if (names.length === 0) return same
  return (value) => {
    if (!names.some((name) => name in value)) return value
    return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
  }
}

function same(value: Fields): Fields {
  return value
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {}
}
