import { changedComponent } from "../components/changed.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { Tool } from "../components/tool.ts"
import type { ToolInvoke } from "../components/tool-invoke.ts"
import { InvalidOption } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Resolved, Scope } from "../server/provider.ts"
import { defineTransform, type InnerView, type Transform } from "../server/transform.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import { withComponent } from "./renaming.ts"
import { createWrapped } from "./wrapped.ts"

/** How a version is asked for. */
export interface VersionArgumentOptions {
  /** The name of the argument. Default `version`. */
  readonly name?: string
}

const options: KnownOptions = { kinds: { name: "string" } }

/**
 * Lets models ask for a version by an argument of tools that have several, since most hosts cannot send `_meta`. A tool that
 * has an argument of that name itself is left as it is. Give it last: the call comes in again from outside, so that
 * middleware and auth see which version is called.
 *
 * @param given `name`. Default: `version`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [versionArgument()] })
 */
export function versionArgument(given: VersionArgumentOptions = {}): Transform {
  assertOptions("`versionArgument()`", given, options)
  const { name = "version" } = given
  if (name === "")
    throw new InvalidOption(
      "The option `name` of `versionArgument()`",
      "empty",
      "Give the name of an argument.",
    )
  const wrapped = createWrapped((entry) => withArgument(entry, name))
  return defineTransform({
    name: "version argument",
    attach: (inner) => ({
      list(kind, entries) {
        if (kind !== "tool") return entries
        const counts = new Map<string, number>()
        for (const { component } of entries) counts.set(component.id, (counts.get(component.id) ?? 0) + 1)
        return entries.map((entry) =>
          (counts.get(entry.component.id) ?? 0) > 1
            ? (wrapped(entry as unknown as Resolved) as unknown as typeof entry)
            : entry,
        )
      },
      find: (kind, id, next) =>
        andThen(next(id), (entry) => {
          if (entry === undefined || kind !== "tool") return entry
          return andThen(hasSeveral(inner, id), (are) =>
            are ? (wrapped(entry as unknown as Resolved) as unknown as typeof entry) : entry,
          )
        }),
    }),
  })
}

function hasSeveral(inner: InnerView, id: string): MaybePromise<boolean> {
  return andThen(
    inner.listVersions("tool", whole),
    (entries) => entries.filter(({ component }) => component.id === id).length > 1,
  )
}

const whole: Scope = { principal: undefined, trusted: true }

function withArgument(entry: Resolved, name: string): Resolved {
  // Only tools come here.
  const { component, invoke } = entry as unknown as { component: Tool; invoke: ToolInvoke }
  const { properties } = component.inputSchema
  const own = isObject(properties) ? properties : {}
  if (Object.hasOwn(own, name)) return entry
  const inputSchema = Object.freeze({
    ...component.inputSchema,
    properties: Object.freeze({ ...own, [name]: argument }),
  }) as unknown as Tool["definition"]["inputSchema"]
  const run: ToolInvoke = (args, ctx) => {
    if (!isObject(args) || !Object.hasOwn(args, name)) return invoke(args, ctx)
    const { [name]: version, ...rest } = args
    // What is no text, the tool refuses with all else that is wrong.
    if (typeof version !== "string") return invoke(args, ctx)
    return ctx.callTool(component.name, rest, { version })
  }
  const changed = changedComponent(component, { inputSchema, invoke: run }, { inputSchema })
  return { ...withComponent(entry, changed), invoke: run } as unknown as Resolved
}

const argument = Object.freeze({
  type: "string",
  description: "Which version of this tool; leave it out for the newest.",
})
