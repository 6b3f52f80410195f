import { toResultValue } from "../components/result-value.ts"
import type { Tool } from "../components/tool.ts"
import { ToolCallFailed } from "../errors/testing.ts"
import type { CallToolResult } from "../spec/index.ts"

/**
 * The tools of a server as functions: typed when the server was made with them, `new FleetMCP("x", { tools: [add] })`,
 * and else by any name, of anything, to anything.
 */
export type ToolFunctions<
  Tools extends readonly Tool[],
  Options = unknown,
> = string extends Tools[number]["name"]
  ? KnownFunctions<Tools, Options> & AnyFunctions<Options>
  : KnownFunctions<Tools, Options>

/**
 * The function of one tool: that of {@link ToolFunctions} where the server was made with it, else one of anything.
 */
export type ToolFunctionOf<
  Tools extends readonly Tool[],
  Name extends string,
  Options = unknown,
> = string extends Name
  ? AnyFunction<Options>
  : KnownFunctions<Tools, Options> extends { readonly [Known in Name]: infer Function }
    ? Function
    : AnyFunction<Options>

/** Those whose name is known to the compiler. */
type KnownFunctions<Tools extends readonly Tool[], Options> = {
  readonly [Each in Tools[number] as string extends Each["name"] ? never : Each["name"]]: ToolFunction<
    Each,
    Options
  >
}

interface AnyFunctions<Options> {
  readonly [name: string]: AnyFunction<Options>
}

type AnyFunction<Options> = (
  args?: { readonly [argument: string]: unknown },
  options?: Options,
) => Promise<unknown>

type ToolFunction<Each, Options> =
  Each extends Tool<string, { arguments: infer Arguments; result: infer Result }>
    ? Record<never, never> extends Arguments
      ? (args?: Sent<Arguments>, options?: Options) => Promise<Result>
      : (args: Arguments, options?: Options) => Promise<Result>
    : never

/** Says that a tool without input takes nothing: an empty object type would take anything. */
type Sent<Arguments> = unknown extends Arguments
  ? Arguments
  : [NameIn<Arguments>] extends [never]
    ? { readonly [argument: string]: never }
    : Arguments

type NameIn<Arguments> = Arguments extends unknown ? keyof Arguments : never

/** Calls one tool. */
export type CallTool<Options> = (
  name: string,
  args: { readonly [argument: string]: unknown } | undefined,
  options: Options | undefined,
) => Promise<CallToolResult>

/** Makes a function of every name that is asked for. */
export function toolFunctions<Tools extends readonly Tool[], Options>(
  call: CallTool<Options>,
): ToolFunctions<Tools, Options> {
  const functions = new Proxy(Object.create(null) as object, {
    get(_, name) {
      // What is awaited is asked for `then`, which must not look like a promise.
      return typeof name === "symbol" || name === "then" ? undefined : toolFunction(name, call)
    },
  })
  // The server's own type says which names exist and what they take.
  return functions as ToolFunctions<Tools, Options>
}

/** Makes the function of one tool, whether there is one or not. */
export function toolFunction<Options>(name: string, call: CallTool<Options>): AnyFunction<Options> {
  return (args, options) => call(name, args, options).then((result) => valueOrThrow(name, result))
}

function valueOrThrow(tool: string, result: CallToolResult): unknown {
  if (result.isError === true) throw failedCall(tool, result)
  return toResultValue(result)
}

/** Makes the error of a call that failed, with what the tool says of it. */
export function failedCall(tool: string, result: CallToolResult): ToolCallFailed {
  const texts = result.content.flatMap((block) => (block.type === "text" ? [block.text] : []))
  return new ToolCallFailed(tool, texts.join("\n") || "it says nothing", result)
}
