import { assertOptions } from "../components/options.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import { type PromptToolsOptions, promptToolsOf, promptToolsOptions } from "../transforms/prompt-tools.ts"
import { provideTools } from "./shared-provided.ts"

export type { PromptToolsOptions }

/**
 * Adds the tools `list_prompts` and `get_prompt`, for clients that know only tools. They act as their caller: what it may
 * not see or get as a prompt, it may not by these tools either, and middleware for prompts wraps what they do.
 *
 * @param options Default: the names above, and 100 prompts at once.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @throws {InvalidName} A tool cannot be called so.
 * @throws {DuplicateComponent} Both are called the same.
 * @see S28/server/prompts
 * @example
 * const mcp = new FleetMCP("Demo", { middleware: [promptTools()] })
 * mcp.prompt({ name: "plan", description: "Plans a trip" }, () => "Plan a trip to Rome.")
 */
export function promptTools(options: PromptToolsOptions = {}): Middleware {
  assertOptions("`promptTools()`", options, promptToolsOptions)
  // Names that no tool can have are refused here, before there is a server.
  promptToolsOf(options, async () => ({}))
  return defineMiddleware({
    name: "promptTools",
    attach(server) {
      const tools = promptToolsOf(options, (ctx, method, params) => server.request(ctx, method, params))
      provideTools(server, { by: "promptTools()", tools })
      return {}
    },
  })
}
