import { assertToolName } from "../components/name.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { type Tool, tool } from "../components/tool.ts"
import { DuplicateComponent } from "../errors/server.ts"
import type { Transform } from "../server/transform.ts"
import type { Tool as WireTool } from "../spec/index.ts"
import { type CodeRun, runCode } from "./code-run.ts"
import { callOther, metaTransform, resolvedTool } from "./meta-tools.ts"
import type { Sandbox, SandboxLimits } from "./sandbox.ts"
import { RankedFinder, type ToolFinder } from "./search-index.ts"
import { signatureOf } from "./signatures.ts"
import { tagsOf } from "./tool-texts.ts"
import { toolsSeen } from "./whole-view.ts"

export type { Sandbox, SandboxLimits, SandboxResult, SandboxRun } from "./sandbox.ts"

/** How programs call tools instead of the model. */
export interface CodeModeOptions {
  /** Runs the programs. Default: `quickjsSandbox()` of `fleetmcp/transforms/quickjs`. */
  readonly sandbox?: Sandbox
  /** Bounds of one program. Default: `{ cpuMs: 1000, wallMs: 60_000, memoryMb: 64, resultSize: 200_000, logSize: 10_000 }`. */
  readonly limits?: Partial<SandboxLimits>
  /** How many calls one program may make. Default 50. */
  readonly calls?: number
  /** How many characters a program may have. Default 100,000. */
  readonly codeSize?: number
  /** Names of tools that are listed as ever. Default: none. */
  readonly alwaysVisible?: readonly string[]
  /** What the three tools are called. Default `search`, `get_schema` and `execute`. */
  readonly names?: { readonly search?: string; readonly schema?: string; readonly execute?: string }
  /** Whether the others can be called by their names, too, and not only by programs. Default `true`. */
  readonly callHidden?: boolean
  /** Milliseconds since 1970, for the `Date` of programs. Default `Date.now`. */
  readonly now?: () => number
  /** A number from 0 to 1, for the `Math.random` of programs. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Lists three tools instead of all: one searches, one shows how tools are called, one runs a program in JavaScript that calls
 * them. Programs act as their caller, by `callTool(name, args)`, and there is nothing else for them.
 *
 * @param options Default: 50 calls, 1 s of computing, 60 s in all, 64 MB.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @throws {InvalidName} A tool cannot be called so.
 * @throws {DuplicateComponent} Two of them are called the same.
 * @see S28/server/tools
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [codeMode({ calls: 20 })] })
 */
export function codeMode(options: CodeModeOptions = {}): Transform {
  assertOptions("`codeMode()`", options, knownOptions)
  const { alwaysVisible = [], callHidden = true, codeSize = 100_000, calls = 50 } = options
  const { search = "search", schema = "get_schema", execute = "execute" } = options.names ?? {}
  const names: ReadonlySet<string> = new Set([search, schema, execute])
  for (const name of names) assertToolName(name)
  if (names.size < 3) throw new DuplicateComponent(`tool:${search}@`)
  const run: CodeRun = {
    sandbox: options.sandbox ?? defaultSandbox(),
    limits: { ...defaults, ...options.limits },
    calls,
    call: callOther(callHidden),
    closed: names,
    now: options.now ?? (() => Date.now()),
    random: options.random ?? (() => Math.random()),
  }
  const tools = [
    searchTool(search, { schema, execute }),
    schemaTool(schema, search),
    executeTool(execute, { run, codeSize, search }),
  ]
  return metaTransform({ name: "codeMode", tools: tools.map(resolvedTool), alwaysVisible, callHidden })
}

const defaults: SandboxLimits = {
  cpuMs: 1000,
  wallMs: 60_000,
  memoryMb: 64,
  resultSize: 200_000,
  logSize: 10_000,
}

/** Is loaded by the first program: where there are no threads, servers give their own. */
function defaultSandbox(): Sandbox {
  let sandbox: Promise<Sandbox> | undefined
  return {
    async run(code, given) {
      sandbox ??= import("./quickjs.ts").then(({ quickjsSandbox }) => quickjsSandbox())
      return (await sandbox).run(code, given)
    },
  }
}

type Detail = "brief" | "detailed" | "full"

function searchTool(name: string, others: { readonly schema: string; readonly execute: string }): Tool {
  const finder: ToolFinder = new RankedFinder()
  return tool(
    {
      name,
      title: "Search tools",
      description: `Finds tools that programs run by \`${others.execute}\` can call. \`${others.schema}\` shows how.`,
      input: searchInput,
      annotations: { readOnlyHint: true },
    },
    async (args, ctx) => {
      // As the schema says.
      const {
        query,
        tags,
        detail = "brief",
        limit = 10,
      } = args as {
        readonly query?: string
        readonly tags?: readonly string[]
        readonly detail?: Detail
        readonly limit?: number
      }
      const seen = await toolsSeen(ctx)
      // The whole list is searched, which is indexed once; what has other tags is left out of what was found.
      const isAsked = (each: WireTool) => tags === undefined || tagsOf(each).some((tag) => tags.includes(tag))
      const matching =
        query === undefined || query.trim() === ""
          ? seen
          : (await finder.find(seen, query, seen.length)).tools
      const all = matching.filter(isAsked)
      const shown = all.slice(0, limit)
      const lines = shown.map((each) => described(each, detail))
      return [`${shown.length} of ${all.length} tools:`, ...lines].join(detail === "brief" ? "\n" : "\n\n")
    },
  )
}

function schemaTool(name: string, search: string): Tool {
  return tool(
    {
      name,
      title: "Get schemas",
      description: `Shows how tools are called that \`${search}\` found.`,
      input: schemaInput,
      annotations: { readOnlyHint: true },
    },
    async (args, ctx) => {
      // As the schema says.
      const { names, format = "typescript" } = args as {
        readonly names: readonly string[]
        readonly format?: "typescript" | "json"
      }
      const byName = new Map((await toolsSeen(ctx)).map((each) => [each.name, each]))
      const parts = names.map((each) => {
        const found = byName.get(each)
        return found === undefined
          ? `No tool named \`${each}\`.`
          : described(found, format === "json" ? "full" : "detailed")
      })
      return parts.join("\n\n")
    },
  )
}

function executeTool(
  name: string,
  { run, codeSize, search }: { readonly run: CodeRun; readonly codeSize: number; readonly search: string },
): Tool {
  return tool(
    {
      name,
      title: "Run a program",
      description: [
        "Runs the body of an async function in JavaScript and gives what it returns, as JSON.",
        "`await callTool(name, args)` calls a tool, and gives its data, else its text; it throws where the tool fails.",
        `There is nothing else: no network, files, timers or modules. At most ${run.calls} calls. Find tools by \`${search}\`.`,
      ].join("\n"),
      input: {
        type: "object",
        properties: {
          code: {
            type: "string",
            minLength: 1,
            maxLength: codeSize,
            // What runs it ends at such a character.
            pattern: "^[^\\u0000]*$",
            description: 'Such as `const a = await callTool("find", { id: 1 }); return a.name`',
          },
        },
        required: ["code"],
        additionalProperties: false,
      },
    },
    // As the schema says.
    (args, ctx) => runCode((args as { readonly code: string }).code, ctx, run),
  )
}

function described(each: WireTool, detail: Detail): string {
  if (detail === "full") {
    const { name, description, inputSchema, outputSchema } = each
    return JSON.stringify({ name, description, inputSchema, outputSchema })
  }
  if (detail === "detailed") return signatureOf(each)
  const [line = ""] = (each.description ?? "").split("\n")
  return `- ${each.name}${line === "" ? "" : `: ${line.slice(0, 200)}`}`
}

const searchInput = {
  type: "object",
  properties: {
    query: {
      type: "string",
      maxLength: 1000,
      description: "What the tool should do, in words. Default: all tools",
    },
    tags: {
      type: "array",
      items: { type: "string" },
      maxItems: 50,
      description: "Only tools with one of these",
    },
    detail: {
      enum: ["brief", "detailed", "full"],
      description: "Names, signatures or schemas. Default brief",
    },
    limit: { type: "integer", minimum: 1, maximum: 100, description: "How many are shown. Default 10" },
  },
  additionalProperties: false,
} as const

const schemaInput = {
  type: "object",
  properties: {
    names: {
      type: "array",
      items: { type: "string" },
      minItems: 1,
      maxItems: 50,
      description: "Names of tools",
    },
    format: { enum: ["typescript", "json"], description: "Declarations, or JSON Schema. Default typescript" },
  },
  required: ["names"],
  additionalProperties: false,
} as const

const knownOptions: KnownOptions = {
  kinds: {
    sandbox: {
      holds: (value) => typeof (value as { readonly run?: unknown } | null)?.run === "function",
      expected: "an object with `run`, such as `quickjsSandbox()`",
    },
    limits: {
      kinds: { cpuMs: "ms", wallMs: "ms", memoryMb: "count", resultSize: "count", logSize: "size" },
    },
    calls: "size",
    codeSize: "count",
    alwaysVisible: "strings",
    names: { kinds: { search: "string", schema: "string", execute: "string" } },
    callHidden: "boolean",
    now: "function",
    random: "function",
  },
  foreign: {
    sandbox_provider: "Use `sandbox`.",
    execute_tool_name: "Use `names: { execute }`.",
    max_tool_calls: "Use `calls`.",
    maxToolCalls: "Use `calls`.",
  },
}
