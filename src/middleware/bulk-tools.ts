import { assertToolName } from "../components/name.ts"
import { assertOptions } from "../components/options.ts"
import { type Tool, tool } from "../components/tool.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import type { CallToolResult } from "../spec/index.ts"
import { callForModel } from "../transforms/nested-error.ts"
import { provideTools } from "./shared-provided.ts"

/** What the tool that calls others is called, and how much it does. */
export interface BulkToolsOptions {
  /** The name of the tool. Default `call_tools_bulk`. */
  readonly name?: string
  /** How many calls it makes at most. Default 50. */
  readonly max?: number
  /** How many of them run at once. Default 5. */
  readonly concurrency?: number
}

/**
 * Adds the tool `call_tools_bulk`, which calls one tool many times, or many tools, as its caller. It goes on where a call
 * fails, or stops there if it is told to.
 *
 * @param options Default: `{ name: "call_tools_bulk", max: 50, concurrency: 5 }`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @throws {InvalidName} A tool cannot be called so.
 * @see S28/server/tools
 * @example
 * const mcp = new FleetMCP("Demo", { middleware: [bulkTools({ max: 20 })] })
 */
export function bulkTools(options: BulkToolsOptions = {}): Middleware {
  assertOptions("`bulkTools()`", options, {
    kinds: { name: "string", max: "count", concurrency: "count" },
  })
  const { name = "call_tools_bulk", max = 50, concurrency = 5 } = options
  assertToolName(name)
  const tools = [bulkTool({ name, max, concurrency })]
  return defineMiddleware({
    name: "bulkTools",
    attach(server) {
      provideTools(server, { by: "bulkTools()", tools })
      return {}
    },
  })
}

interface OneCall {
  readonly name: string
  readonly arguments?: { readonly [name: string]: unknown }
}

function bulkTool({ name, max, concurrency }: Required<BulkToolsOptions>): Tool {
  return tool(
    {
      name,
      title: "Call tools in bulk",
      description: `Calls one tool many times, or many tools: at most ${max} calls.`,
      input: {
        type: "object",
        properties: {
          calls: {
            type: "array",
            minItems: 1,
            maxItems: max,
            items: {
              type: "object",
              properties: { name: { type: "string" }, arguments: { type: "object" } },
              required: ["name"],
              additionalProperties: false,
            },
          },
          onError: {
            enum: ["continue", "stop"],
            description: "What to do where a call fails. Default continue",
          },
        },
        required: ["calls"],
        additionalProperties: false,
      },
    },
    async (args, ctx) => {
      // As the schema says.
      const { calls, onError } = args as { readonly calls: readonly OneCall[]; readonly onError?: string }
      const results: (object | undefined)[] = calls.map(() => undefined)
      let next = 0
      let isStopped = false
      async function work(): Promise<void> {
        while (next < calls.length && !isStopped) {
          const at = next++
          const call = calls[at]
          if (call === undefined) return
          const result: CallToolResult =
            call.name === name
              ? failed(`\`${name}\` does not call itself.`)
              : await callForModel(ctx.callTool(call.name, call.arguments ?? {}))
          results[at] = { name: call.name, ...result }
          if (result.isError === true && onError === "stop") isStopped = true
        }
      }
      await Promise.all(Array.from({ length: Math.min(concurrency, calls.length) }, work))
      const skipped = results.filter((result) => result === undefined).length
      return {
        results: results.map((result, at) => result ?? { name: calls[at]?.name, skipped: true }),
        skipped,
      }
    },
  )
}

function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true }
}
