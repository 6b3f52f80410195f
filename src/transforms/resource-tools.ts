import type { KnownOptions } from "../components/options.ts"
import { ToolResult } from "../components/result.ts"
import { type Tool, tool } from "../components/tool.ts"
import { DuplicateComponent } from "../errors/server.ts"
import { ToolError } from "../errors/tool.ts"
import { clip } from "../shared/clip.ts"
import { utf8Length } from "../shared/utf8-length.ts"
import type { ContentBlock, ReadResourceResult } from "../spec/index.ts"
import { type CallMethod, fieldsOf, type ListSource, pageOf } from "./list-pages.ts"
import { toldToModel } from "./nested-error.ts"
import { cursorInput } from "./prompt-tools.ts"

/** What the tools that stand for resources are called, and how much they give at once. */
export interface ResourceToolsOptions {
  /** The name of the tool that lists resources and templates. Default `list_resources`. */
  readonly list?: string
  /** The name of the tool that reads one. Default `read_resource`. */
  readonly read?: string
  /** How many resources and templates are listed at once. Default 100. */
  readonly pageSize?: number
  /** The most bytes that a resource may have to be read, blobs as base64. Default 1 MiB. */
  readonly maxBytes?: number
}

/** The options of resources as tools, for whoever takes them. */
export const resourceToolsOptions: KnownOptions = {
  kinds: { list: "string", read: "string", pageSize: "count", maxBytes: "count" },
}

const sources: readonly ListSource[] = [
  { method: "resources/list", field: "resources" },
  { method: "resources/templates/list", field: "resourceTemplates" },
]

const shown: readonly string[] = ["uri", "uriTemplate", "name", "title", "description", "mimeType", "size"]

/** Makes the tools by which a model that knows only tools uses resources. */
export function resourceToolsOf(options: ResourceToolsOptions, call: CallMethod): readonly Tool[] {
  const { list: listName = "list_resources", read: readName = "read_resource", pageSize = 100 } = options
  const { maxBytes = 1024 * 1024 } = options
  if (listName === readName) throw new DuplicateComponent(`tool:${listName}@`)
  const list = tool(
    {
      name: listName,
      title: "List resources",
      description:
        "Lists the resources of this server, and the templates of URIs that can be filled in. " +
        `Read one by \`${readName}\`.`,
      input: cursorInput,
      annotations: { readOnlyHint: true },
    },
    async (args, ctx) => {
      // The schema let only an object pass that may have a text as `cursor`.
      const { cursor } = args as { readonly cursor?: string }
      const { found, nextCursor } = await pageOf({ ctx, call, sources, cursor, pageSize })
      const [resources = [], templates = []] = found.map((each) =>
        each.map((entry) => fieldsOf(entry, shown)),
      )
      return nextCursor === undefined ? { resources, templates } : { resources, templates, nextCursor }
    },
  )
  const read = tool(
    {
      name: readName,
      title: "Read a resource",
      description: `Reads a resource by its URI: one that \`${listName}\` lists, or a template filled in.`,
      input: {
        type: "object",
        properties: { uri: { type: "string", description: "The URI of the resource" } },
        required: ["uri"],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true },
    },
    async (args, ctx) => {
      // As the schema says.
      const { uri } = args as { readonly uri: string }
      const { contents } = await toldToModel(ctx.readResource(uri))
      const bytes = contents.reduce((sum, each) => sum + sizeOf(each), 0)
      if (bytes > maxBytes) throw tooLarge({ uri, bytes, maxBytes })
      return new ToolResult({ content: contentOf(contents) })
    },
  )
  return [list, read]
}

type Contents = ReadResourceResult["contents"]

function sizeOf(each: Contents[number]): number {
  return "text" in each ? utf8Length(each.text) : each.blob.length
}

/** One text is a text, which every host shows; all else says what it is, and of which URI. */
function contentOf(contents: Contents): readonly ContentBlock[] {
  const [first] = contents
  if (contents.length === 1 && first !== undefined && "text" in first)
    return [{ type: "text", text: first.text }]
  return contents.map((resource) => ({ type: "resource", resource }))
}

interface Oversized {
  readonly uri: string
  readonly bytes: number
  readonly maxBytes: number
}

function tooLarge({ uri, bytes, maxBytes }: Oversized): ToolError {
  return new ToolError(
    `\`${clip(uri)}\` has ${bytes} bytes, more than the ${maxBytes} that can be read here.`,
  )
}
