import { type Complete, complete } from "../protocol/call.ts"
import { inlined } from "../schema/inlined.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import type { ListToolsResult, Tool } from "../spec/index.ts"

/**
 * Answers `tools/list` with schemas in which local `$ref`s are replaced by what they point to, because many hosts
 * mishandle them: for tools whose schemas others wrote, such as those of an upstream. Recursive definitions keep their
 * references, and so do large ones that are used in several places: a schema grows by 32 KiB at most. A schema that cannot
 * be read is left as it is. Tools of `tool()` are listed so without this.
 *
 * @see S28/basic/index#ref-resolution
 * @example
 * const mcp = new FleetMCP("Gateway", { middleware: [dereference()] })
 */
export function dereference(): Middleware {
  // Pages and tools are kept by those who list them, and so is what was made of them.
  const pages = new WeakMap<object, Complete<ListToolsResult>>()
  const tools = new WeakMap<Tool, Tool>()

  function plain(tool: Tool): Tool {
    const kept = tools.get(tool)
    if (kept !== undefined) return kept
    const inputSchema = inlined(tool.inputSchema)
    const outputSchema = tool.outputSchema && inlined(tool.outputSchema)
    const isSame = inputSchema === tool.inputSchema && outputSchema === tool.outputSchema
    // Inlining keeps what the root is.
    const made = isSame ? tool : ({ ...tool, inputSchema, ...(outputSchema && { outputSchema }) } as Tool)
    tools.set(tool, made)
    return made
  }

  return defineMiddleware({
    name: "dereference",
    async listTools(_call, next) {
      const outcome = await next()
      if (outcome.kind !== "complete") return outcome
      const kept = pages.get(outcome.result)
      if (kept !== undefined) return kept
      const listed = outcome.result.tools.map(plain)
      const isSame = listed.every((tool, at) => tool === outcome.result.tools[at])
      const page = isSame ? outcome : written({ ...outcome.result, tools: listed })
      pages.set(outcome.result, page)
      return page
    },
  })
}

/** Its text is made once, by the first who sends it. */
function written(result: ListToolsResult): Complete<ListToolsResult> {
  let json: string | undefined
  return complete(result, {
    result,
    get json() {
      json ??= JSON.stringify(result)
      return json
    },
  })
}
