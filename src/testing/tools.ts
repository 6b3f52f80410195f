import { toResultValue } from "../components/result-value.ts"
import type { Tool } from "../components/tool.ts"
import { ToolCallFailed } from "../errors/testing.ts"
import type { CallToolResult } from "../spec/index.ts"
import type { RequestOptions } from "./options.ts"

/**
 * The tools of a server as functions: typed when the server was made with them, `new FleetMCP("x", { tools: [add] })`,
 * and else by any name, of anything, to anything.
 */
export type ToolFunctions<Tools extends readonly Tool[]> = string extends Tools[number]["name"]
  ? AnyFunctions
  : { readonly [Each in Tools[number] as Each["name"]]: ToolFunction<Each> }

interface AnyFunctions {
  readonly [name: string]: (
    args?: { readonly [argument: string]: unknown },
    options?: RequestOptions,
  ) => Promise<unknown>
}

type ToolFunction<Each> =
  Each extends Tool<string, infer Arguments, infer Result>
    ? Record<never, never> extends Arguments
      ? (args?: Arguments, options?: RequestOptions) => Promise<Result>
      : (args: Arguments, options?: RequestOptions) => Promise<Result>
    : never

/** Calls one tool. */
export type CallTool = (
  name: string,
  args: { readonly [argument: string]: unknown } | undefined,
  options: RequestOptions | undefined,
) => Promise<CallToolResult>

/** Makes a function of every name that is asked for. */
export function toolFunctions<Tools extends readonly Tool[]>(call: CallTool): ToolFunctions<Tools> {
  const functions = new Proxy(Object.create(null) as object, {
    get(_, name) {
      // What is awaited is asked for `then`, which must not look like a promise.
      if (typeof name === "symbol" || name === "then") return undefined
      return (args?: { readonly [argument: string]: unknown }, options?: RequestOptions) =>
        call(name, args, options).then((result) => valueOrThrow(name, result))
    },
  })
  // The server's own type says which names exist and what they take.
  return functions as ToolFunctions<Tools>
}

function valueOrThrow(tool: string, result: CallToolResult): unknown {
  if (result.isError !== true) return toResultValue(result)
  const texts = result.content.flatMap((block) => (block.type === "text" ? [block.text] : []))
  throw new ToolCallFailed(tool, texts.join("\n") || "it says nothing", result)
}
