import { assertToolName } from "../components/name.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { tool } from "../components/tool.ts"
import { DuplicateComponent } from "../errors/server.ts"
import { ToolError } from "../errors/tool.ts"
import type { Transform } from "../server/transform.ts"
import type { Tool as WireTool } from "../spec/index.ts"
import { fieldsOf } from "./list-pages.ts"
import { callOther, metaTransform, passingTool, resolvedTool } from "./meta-tools.ts"
import { toldToModel } from "./nested-error.ts"
import { type Found, RankedFinder, type ToolFinder } from "./search-index.ts"
import { patternFinder } from "./search-regex.ts"
import { toolsSeen } from "./whole-view.ts"

/** How tools are searched instead of listed. */
export interface ToolSearchOptions {
  /** Whether words are searched and the best tools come first, or a regular expression. Default `bm25`. */
  readonly strategy?: "bm25" | "regex"
  /** How many tools one search shows. Default 5. */
  readonly max?: number
  /** Names of tools that are listed as ever. Default: none. */
  readonly alwaysVisible?: readonly string[]
  /** What the two tools are called. Default `search_tools` and `call_tool`. */
  readonly names?: { readonly search?: string; readonly call?: string }
  /** Whether the others can be called by their names, too, and not only by `call_tool`. Default `true`. */
  readonly callHidden?: boolean
  /** Makes what the search returns of what was found. Default: `{ tools, found }`, with names, descriptions and schemas. */
  readonly render?: (tools: readonly WireTool[], found: number) => unknown
}

/**
 * Lists two tools instead of all: one that searches the others, and one that calls them. Both act as their caller: what it
 * may not see is not found, and middleware and auth checks apply. Text is searched in names, titles, descriptions, tags,
 * and in the names and descriptions of parameters.
 *
 * @param options Default: `{ strategy: "bm25", max: 5, alwaysVisible: [], callHidden: true }`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @throws {InvalidName} A tool cannot be called so.
 * @throws {DuplicateComponent} Both are called the same.
 * @see S28/server/tools
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [toolSearch({ alwaysVisible: ["help"] })] })
 */
export function toolSearch(options: ToolSearchOptions = {}): Transform {
  assertOptions("`toolSearch()`", options, knownOptions)
  const { strategy = "bm25", max = 5, alwaysVisible = [], callHidden = true, render = rendered } = options
  const { search: searchName = "search_tools", call: callName = "call_tool" } = options.names ?? {}
  for (const name of [searchName, callName]) assertToolName(name)
  if (searchName === callName) throw new DuplicateComponent(`tool:${searchName}@`)
  const pinned: ReadonlySet<string> = new Set(alwaysVisible)
  const finder: ToolFinder = strategy === "regex" ? patternFinder : new RankedFinder()
  const hidden = hiddenOf(pinned)
  const search = tool(
    {
      name: searchName,
      title: "Search tools",
      description: `Finds tools of this server that are not listed, with their schemas. Call one by \`${callName}\`.`,
      input: strategy === "regex" ? patternInput : queryInput,
      annotations: { readOnlyHint: true },
    },
    async (args, ctx) => {
      // The schema let only an object pass that has one of the two as a text.
      const { query, pattern } = args as { readonly query?: string; readonly pattern?: string }
      const seen = hidden(await toolsSeen(ctx))
      const { tools, count }: Found = await finder.find(seen, query ?? pattern ?? "", max)
      return render(tools, count)
    },
  )
  const callHiddenTool = callOther(callHidden)
  const call = passingTool(
    {
      name: callName,
      title: "Call a tool",
      description: `Calls a tool that \`${searchName}\` found.`,
      input: callInput,
    },
    async (args, ctx) => {
      // As the schema says.
      const given = args as {
        readonly name: string
        readonly arguments?: { readonly [name: string]: unknown }
      }
      if (given.name === searchName || given.name === callName)
        throw new ToolError(`\`${given.name}\` cannot be called by \`${callName}\`.`, {
          fix: "Call it by its own name.",
        })
      return toldToModel(callHiddenTool(ctx, given.name, given.arguments ?? {}))
    },
  )
  const tools = [resolvedTool(search), call]
  return metaTransform({ name: "toolSearch", tools, alwaysVisible, callHidden })
}

/** Takes from lists what is listed anyway; for the same list it gives the same again, which is indexed once. */
function hiddenOf(pinned: ReadonlySet<string>): (tools: readonly WireTool[]) => readonly WireTool[] {
  const known: WeakMap<readonly WireTool[], readonly WireTool[]> = new WeakMap()
  return (tools) => {
    if (pinned.size === 0) return tools
    const before = known.get(tools)
    if (before !== undefined) return before
    const rest = tools.filter(({ name }) => !pinned.has(name))
    known.set(tools, rest)
    return rest
  }
}

const shown: readonly string[] = [
  "name",
  "title",
  "description",
  "inputSchema",
  "outputSchema",
  "annotations",
]

function rendered(tools: readonly WireTool[], found: number): object {
  return { tools: tools.map((each) => fieldsOf(each, shown)), found }
}

const queryInput = {
  type: "object",
  properties: {
    query: {
      type: "string",
      minLength: 1,
      maxLength: 1000,
      description: "What the tool should do, in words",
    },
  },
  required: ["query"],
  additionalProperties: false,
} as const

const patternInput = {
  type: "object",
  properties: {
    pattern: {
      type: "string",
      minLength: 1,
      maxLength: 200,
      description: "A regular expression, whatever the case, for names, descriptions and parameters",
    },
  },
  required: ["pattern"],
  additionalProperties: false,
} as const

const callInput = {
  type: "object",
  properties: {
    name: { type: "string", description: "The name of the tool" },
    arguments: { type: "object", description: "Its arguments, as its schema says" },
  },
  required: ["name"],
  additionalProperties: false,
} as const

const knownOptions: KnownOptions = {
  kinds: {
    strategy: ["bm25", "regex"],
    max: "count",
    alwaysVisible: "strings",
    names: { kinds: { search: "string", call: "string" } },
    callHidden: "boolean",
    render: "function",
  },
  foreign: {
    max_results: "Use `max`.",
    maxResults: "Use `max`.",
    always_visible: "Use `alwaysVisible`.",
    search_tool_name: "Use `names: { search }`.",
    call_tool_name: "Use `names: { call }`.",
    search_result_serializer: "Use `render`.",
  },
}
