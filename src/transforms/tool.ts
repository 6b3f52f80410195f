import { assertMeta, toToolAnnotations } from "../components/annotations.ts"
import { changedComponent } from "../components/changed.ts"
import { normalizeIcons } from "../components/icon-list.ts"
import { assertToolName, renamedTitle } from "../components/name.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { Tool, ToolDefaults, ToolTypes } from "../components/tool.ts"
import { FleetError } from "../errors/fleet-error.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { InferChecked, Schema } from "../schema/schema.ts"
import type { Transform } from "../server/transform.ts"
import type { MetaObject } from "../spec/index.ts"
import { createRenaming, withComponent } from "./renaming.ts"
import type { ToolChange } from "./tool-change.ts"
import { composeChanged } from "./tool-changed.ts"
import type { ArgumentChanges, ChangedArgumentsOf } from "./tool-types.ts"

export type { ArgumentChange } from "./tool-arguments.ts"
export type { Original, ToolChange } from "./tool-change.ts"

const changeOptions: KnownOptions = {
  kinds: {
    name: "string",
    title: "string",
    description: "string",
    icons: "list",
    tags: "strings",
    meta: "object",
    annotations: "object",
    arguments: "object",
    output: "object",
    handler: "function",
  },
  foreign: {
    args: "Use `arguments`.",
    transform_args: "Use `arguments`.",
    transformArgs: "Use `arguments`.",
    transform_fn: "Use `handler`.",
    transformFn: "Use `handler`.",
    output_schema: "Use `output`.",
    outputSchema: "Use `output`.",
    enabled: "Hide it with `visibility()`.",
    version: "Leave it out; the version stays.",
    _meta: "Use `meta`.",
  },
}

/**
 * Makes another tool of a tool: with another name, other arguments, or a function that calls it. The tool that is given
 * stays as it is. Arguments are checked against the changed schema, then by the tool itself.
 *
 * @param tool Any tool; of one of an upstream the JSON Schema is enough.
 * @param change What is other.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} It has no such argument; two would have one name; a required one is hidden without a default.
 * @example
 * const search = tool({ name: "search", input: z.object({ q: z.string(), key: z.string() }) }, ({ q }) => q)
 * const find = transformTool(search, {
 *   name: "find",
 *   arguments: { q: { name: "query", description: "What to look for" }, key: { hide: true, default: "k" } },
 * })
 * const mcp = new FleetMCP("Demo", { tools: [find] })
 */
export function transformTool<
  Types extends ToolTypes,
  From extends string,
  const Name extends string = From,
  const Changes extends ArgumentChanges<Types["arguments"]> = Record<never, never>,
  const Output extends Schema | undefined = undefined,
>(
  tool: Tool<From, Types>,
  change: ToolChange<Types, Name, Changes, Output>,
): Tool<
  Name,
  {
    arguments: ChangedArgumentsOf<Types["arguments"], Changes>
    result: [Output] extends [Schema] ? InferChecked<Output> : Types["result"]
  }
> {
  assertTool(tool)
  // The value is typed for its users; inside, arguments and results are what validation says they are.
  return changedTool(tool as unknown as Tool, change as unknown as ToolChange, {}) as never
}

/**
 * Changes tools by name, wherever they come from, as {@link transformTool} does. What does not fit a tool that an upstream
 * offers leaves that tool out, and the server's log says so.
 *
 * @param changes What is other, by the old name.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} Two would have one name.
 * @example
 * const mcp = new FleetMCP("Demo", {
 *   transforms: [transformTools({ search: { name: "find", description: "Finds pages" } })],
 * })
 */
export function transformTools(changes: { readonly [tool: string]: ToolChange }): Transform {
  assertOptions("`transformTools()`", changes, { names: isObject(changes) ? Object.keys(changes) : [] })
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const [from, change] of Object.entries(changes)) {
    assertChange(from, change)
    const to = change.name ?? from
    if (taken.has(to))
      throw new InvalidOption(`The new name of \`${from}\``, quoted(to), "Give each a name of its own.")
    taken.add(to)
    names.set(from, to)
  }
  return createRenaming({
    name: "transform tools",
    kinds: ["tool"],
    names,
    change(entry, _name, { log }) {
      // Only tools come here.
      const { component, invoke } = entry as unknown as { component: Tool; invoke: Tool["invoke"] }
      const change = changes[component.name]
      if (change === undefined) return entry
      try {
        // What wraps the tool further in is called, too.
        const made = changedTool({ ...component, invoke }, change, {})
        return { ...withComponent(entry, made), invoke: made.invoke } as typeof entry
      } catch (error) {
        if (!(error instanceof FleetError)) throw error
        log({
          level: "error",
          message: `The tool \`${component.name}\` is left out: ${error.message}`,
          error,
        })
        return undefined
      }
    },
  })
}

function assertChange(name: string, change: unknown): asserts change is ToolChange {
  // `assertOptions` looks whether it is an object at all.
  assertOptions(`The change of the tool \`${name}\``, change as object, changeOptions)
  const { name: to, meta } = change as ToolChange
  if (to !== undefined) assertToolName(to)
  if (meta !== undefined) assertMeta(meta as MetaObject, `tool \`${name}\``)
}

function changedTool(tool: Tool, change: ToolChange, defaults: ToolDefaults): Tool {
  assertChange(tool.name, change)
  const name = change.name ?? tool.name
  const subject = `tool \`${name}\``
  const annotations =
    change.annotations === undefined
      ? tool.annotations
      : toToolAnnotations({ ...tool.annotations, ...change.annotations }, subject)
  const run = composeChanged(tool, change, { subject, defaults })
  const { description, icons, tags, meta } = change
  const changes: Partial<Tool> = {
    id: name,
    name,
    title: change.title ?? change.annotations?.title ?? renamedTitle(tool, name),
    annotations,
    ...run,
    ...(description === undefined ? undefined : { description }),
    ...(icons === undefined ? undefined : { icons: normalizeIcons(icons) }),
    ...(tags === undefined ? undefined : { tags: Object.freeze([...tags]) }),
    ...(meta === undefined ? undefined : { meta: Object.freeze({ ...meta }) }),
    withDefaults: (next) => changedTool(tool.withDefaults(next), change, next),
  }
  const shown = {
    name,
    inputSchema: run.inputSchema,
    ...(run.outputSchema === undefined ? undefined : { outputSchema: run.outputSchema }),
    ...(annotations === undefined ? undefined : { annotations }),
  }
  return changedComponent(tool, changes, shown)
}

function assertTool(tool: unknown): void {
  if (isObject(tool) && tool.kind === "tool" && typeof tool.invoke === "function") return
  throw new InvalidOption("What `transformTool()` should change", quoted(tool), "Give what `tool()` made.")
}
