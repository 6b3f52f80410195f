import type { Context } from "../components/context.ts"
import { ToolResult } from "../components/result.ts"
import { ToolError } from "../errors/tool.ts"
import type { CallToolResult, ContentBlock } from "../spec/index.ts"
import type { CallOther } from "./meta-tools.ts"
import { isForModel } from "./nested-error.ts"
import type { Sandbox, SandboxLimits, SandboxResult } from "./sandbox.ts"

/** What programs are run with. */
export interface CodeRun {
  readonly sandbox: Sandbox
  readonly limits: SandboxLimits
  /** How many calls one program may make. */
  readonly calls: number
  readonly call: CallOther
  /** Names of tools that no program calls. */
  readonly closed: ReadonlySet<string>
  readonly now: () => number
  readonly random: () => number
}

/** Runs a program for the caller of a context: it can do what the caller can, by tools, and nothing else. */
export async function runCode(code: string, ctx: Context, run: CodeRun): Promise<ToolResult<unknown>> {
  // A call that asked runs again from its beginning: the program must do the same as before.
  const { now, seed } = await ctx.step("code-mode", () => ({
    now: run.now(),
    seed: Math.floor(run.random() * 2 ** 32),
  }))
  const ending = new AbortController()
  let calls = 0
  let fatal: { readonly error: unknown } | undefined

  async function callTool(name: string, args: { readonly [name: string]: unknown }): Promise<unknown> {
    if (run.closed.has(name)) throw new ToolError(`\`${name}\` cannot be called by a program.`)
    if (++calls > run.calls) throw new ToolError(`A program may call tools ${run.calls} times, and no more.`)
    try {
      return dataOf(await run.call(ctx, name, args))
    } catch (error) {
      if (error instanceof ToolError || isForModel(error)) throw error
      // A question that waits for its answer, missing scopes, the end of the call: none of it is for the program.
      fatal ??= { error }
      ending.abort()
      throw new ToolError("The call cannot go on.")
    }
  }

  const signal = AbortSignal.any([ctx.signal, ending.signal])
  let result: SandboxResult
  try {
    result = await run.sandbox.run(code, { callTool, limits: run.limits, signal, now, seed })
  } catch (error) {
    throw fatal?.error ?? error
  }
  if (fatal !== undefined) throw fatal.error
  return toResult(result)
}

function toResult(result: SandboxResult): ToolResult<unknown> {
  const logs = result.logs.length === 0 ? [] : [`Logs:\n${result.logs.join("\n")}`]
  if (!result.ok) return new ToolResult({ content: [result.error, ...logs], isError: true })
  if (result.value === undefined)
    return new ToolResult({
      content: ["The program returned nothing. `return` what is to be seen.", ...logs],
    })
  const text = typeof result.value === "string" ? result.value : JSON.stringify(result.value)
  return new ToolResult({ content: [text, ...logs], structuredContent: { result: result.value } })
}

/** What a program gets of a result: its data, else its text. A failure is an error with the text. */
function dataOf({ content, structuredContent, isError }: CallToolResult): unknown {
  if (isError === true) throw new ToolError(content.map(textOf).join("\n") || "The tool failed.")
  if (structuredContent !== undefined) return structuredContent
  return content.map(textOf).join("\n")
}

function textOf(block: ContentBlock): string {
  if (block.type === "text") return block.text
  if (block.type === "resource" && "text" in block.resource) return block.resource.text
  return `[${block.type}${"mimeType" in block ? ` ${block.mimeType}` : ""}]`
}
