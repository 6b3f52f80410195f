import { componentKey } from "../components/component.ts"
import type { Tool } from "../components/tool.ts"
import { DuplicateComponent, InvalidOption, quoted } from "../errors/server.ts"
import { assertComponent } from "../providers/local.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware } from "../server/middleware.ts"
import { provideTools } from "./shared-provided.ts"

/**
 * Adds tools to each server that has this middleware, as if they were its own: they are listed, found, validated and
 * checked for who may see them. Where a server has a tool of the same name and version, that one stays and the log says
 * so.
 *
 * @param tools What `tool()` made.
 * @throws {InvalidOption} It is no list of tools.
 * @throws {DuplicateComponent} Two of them have the same name and version.
 * @see S28/server/tools
 * @example
 * const version = tool({ name: "version", annotations: { readOnlyHint: true } }, () => "1.4.0")
 * const mcp = new FleetMCP("Demo", { middleware: [injectTools([version])] })
 */
export function injectTools(tools: readonly Tool[]): Middleware {
  if (!Array.isArray(tools))
    throw new InvalidOption("The first argument of `injectTools()`", quoted(tools), "Give a list of tools.")
  const own: readonly Tool[] = [...tools]
  const keys = new Set<string>()
  for (const each of own) {
    assertComponent(each)
    if (each.kind !== "tool")
      throw new InvalidOption(
        "What should be a tool in `injectTools()`",
        `a ${String((each as { readonly kind: unknown }).kind)}`,
        "Make it with `tool({ … }, handler)`.",
      )
    const key = componentKey(each)
    if (keys.has(key)) throw new DuplicateComponent(key)
    keys.add(key)
  }
  return defineMiddleware({
    name: "injectTools",
    attach(server) {
      provideTools(server, { by: "injectTools()", tools: own })
      return {}
    },
  })
}
