import type { KnownOptions } from "../components/options.ts"
import { ToolResult } from "../components/result.ts"
import { type Tool, tool } from "../components/tool.ts"
import { DuplicateComponent } from "../errors/server.ts"
import type { ContentBlock, PromptMessage } from "../spec/index.ts"
import { type CallMethod, fieldsOf, type ListSource, pageOf } from "./list-pages.ts"
import { toldToModel } from "./nested-error.ts"

/** What the tools that stand for prompts are called, and how much they list at once. */
export interface PromptToolsOptions {
  /** The name of the tool that lists prompts. Default `list_prompts`. */
  readonly list?: string
  /** The name of the tool that gets one. Default `get_prompt`. */
  readonly get?: string
  /** How many prompts are listed at once. Default 100. */
  readonly pageSize?: number
}

/** The options of prompts as tools, for whoever takes them. */
export const promptToolsOptions: KnownOptions = {
  kinds: { list: "string", get: "string", pageSize: "count" },
}

const sources: readonly ListSource[] = [{ method: "prompts/list", field: "prompts" }]

const shown: readonly string[] = ["name", "title", "description", "arguments"]

/** Makes the tools by which a model that knows only tools uses prompts. */
export function promptToolsOf(options: PromptToolsOptions, call: CallMethod): readonly Tool[] {
  const { list: listName = "list_prompts", get: getName = "get_prompt", pageSize = 100 } = options
  if (listName === getName) throw new DuplicateComponent(`tool:${listName}@`)
  const list = tool(
    {
      name: listName,
      title: "List prompts",
      description: `Lists the prompts of this server with their arguments. Get one by \`${getName}\`.`,
      input: cursorInput,
      annotations: { readOnlyHint: true },
    },
    async (args, ctx) => {
      // The schema let only an object pass that may have a text as `cursor`.
      const { cursor } = args as { readonly cursor?: string }
      const { found, nextCursor } = await pageOf({ ctx, call, sources, cursor, pageSize })
      const prompts = (found[0] ?? []).map((prompt) => fieldsOf(prompt, shown))
      return nextCursor === undefined ? { prompts } : { prompts, nextCursor }
    },
  )
  const get = tool(
    {
      name: getName,
      title: "Get a prompt",
      description: `Gets the messages of a prompt that \`${listName}\` lists.`,
      input: {
        type: "object",
        properties: {
          name: { type: "string", description: "The name of the prompt" },
          arguments: {
            type: "object",
            description: "Its arguments, all of them texts",
            additionalProperties: { type: "string" },
          },
        },
        required: ["name"],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true },
    },
    async (given, ctx) => {
      // As the schema says.
      const { name, arguments: args } = given as {
        readonly name: string
        readonly arguments?: { readonly [name: string]: string }
      }
      const { description, messages } = await toldToModel(ctx.getPrompt(name, args))
      return new ToolResult({ content: contentOf(description, messages) })
    },
  )
  return [list, get]
}

/** What a list takes. */
export const cursorInput = {
  type: "object",
  properties: {
    cursor: { type: "string", description: "The `nextCursor` of the answer before; none at first" },
  },
  additionalProperties: false,
} as const

/** The messages as one text of JSON, and behind it what is no text, in the order in which it is mentioned. */
function contentOf(
  description: string | undefined,
  messages: readonly PromptMessage[],
): readonly ContentBlock[] {
  const blocks: ContentBlock[] = []
  const told = messages.map(({ role, content }) => {
    if (content.type === "text") return { role, content: content.text }
    blocks.push(content)
    return { role, content: { type: content.type, block: blocks.length } }
  })
  const text = JSON.stringify({ description, messages: told })
  return [{ type: "text", text }, ...blocks]
}
