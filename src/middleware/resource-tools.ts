import { assertOptions } from "../components/options.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import {
  type ResourceToolsOptions,
  resourceToolsOf,
  resourceToolsOptions,
} from "../transforms/resource-tools.ts"
import { provideTools } from "./shared-provided.ts"

export type { ResourceToolsOptions }

/**
 * Adds the tools `list_resources`, which lists resources and templates, and `read_resource`, for clients that know only
 * tools. They act as their caller: what it may not see or read as a resource, it may not by these tools either, and
 * middleware for resources wraps what they do.
 *
 * @param options Default: the names above, 100 entries at once, and 1 MiB of a resource.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @throws {InvalidName} A tool cannot be called so.
 * @throws {DuplicateComponent} Both are called the same.
 * @see S28/server/resources
 * @example
 * const mcp = new FleetMCP("Demo", { middleware: [resourceTools()] })
 * mcp.resource("notes://today", () => "Buy milk.")
 */
export function resourceTools(options: ResourceToolsOptions = {}): Middleware {
  assertOptions("`resourceTools()`", options, resourceToolsOptions)
  // Names that no tool can have are refused here, before there is a server.
  resourceToolsOf(options, async () => ({}))
  return defineMiddleware({
    name: "resourceTools",
    attach(server) {
      const tools = resourceToolsOf(options, (ctx, method, params) => server.request(ctx, method, params))
      provideTools(server, { by: "resourceTools()", tools })
      return {}
    },
  })
}
