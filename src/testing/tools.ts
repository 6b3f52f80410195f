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
  ? KnownFunctions<Tools> & AnyFunctions
  : KnownFunctions<Tools>

/**
 * The function of one tool: that of {@link ToolFunctions} where the server was made with it, else one of anything.
 */
export type ToolFunctionOf<Tools extends readonly Tool[], Name extends string> = string extends Name
  ? AnyFunction
  : KnownFunctions<Tools> extends { readonly [Known in Name]: infer Function }
    ? Function
    : AnyFunction

/** Those whose name is known to the compiler. */
type KnownFunctions<Tools extends readonly Tool[]> = {
  readonly [Each in Tools[number] as string extends Each["name"] ? never : Each["name"]]: ToolFunction<Each>
}

interface AnyFunctions {
  readonly [name: string]: AnyFunction
}

type AnyFunction = (
  args?: { readonly [argument: string]: unknown },
  options?: RequestOptions,
) => Promise<unknown>

type ToolFunction<Each> =
  Each extends Tool<string, { arguments: infer Arguments; result: infer Result }>
    ? Record<never, never> extends Arguments
      ? (args?: Sent<Arguments>, options?: RequestOptions) => Promise<Result>
      : (args: Arguments, options?: RequestOptions) => Promise<Result>
    : never

/** Says that a tool without input takes nothing: an empty object type would take anything. */
type Sent<Arguments> = unknown extends Arguments
  ? Arguments
  : [NameIn<Arguments>] extends [never]
    ? { readonly [argument: string]: never }
    : Arguments

type NameIn<Arguments> = Arguments extends unknown ? keyof Arguments : never

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
      return typeof name === "symbol" || name === "then" ? undefined : toolFunction(name, call)
    },
  })
  // The server's own type says which names exist and what they take.
  return functions as ToolFunctions<Tools>
}

/** Makes the function of one tool, whether there is one or not. */
export function toolFunction(name: string, call: CallTool): AnyFunction {
  return (args, options) => call(name, args, options).then((result) => valueOrThrow(name, result))
}

function valueOrThrow(tool: string, result: CallToolResult): unknown {
  if (result.isError !== true) return toResultValue(result)
  const texts = result.content.flatMap((block) => (block.type === "text" ? [block.text] : []))
  throw new ToolCallFailed(tool, texts.join("\n") || "it says nothing", result)
}
