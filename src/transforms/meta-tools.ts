import type { ComponentKind } from "../components/component.ts"
import type { Context } from "../components/context.ts"
import { type Tool, type ToolConfig, tool } from "../components/tool.ts"
import type { Resolved, Scope } from "../server/provider.ts"
import type { FindNext, Transform } from "../server/transform.ts"
import type { CallToolResult } from "../spec/index.ts"
import { callSeen } from "./whole-view.ts"

/** A few tools that stand for all others. */
export interface MetaTools {
  /** The name of the transform. */
  readonly name: string
  readonly tools: readonly Resolved<"tool">[]
  /** Names of tools that are listed all the same. */
  readonly alwaysVisible: readonly string[]
  /** Whether the others can still be called by their names. */
  readonly callHidden: boolean
}

/** Makes the transform that lists a few tools instead of all. They hide what a server has under the same names. */
export function metaTransform({ name, tools, alwaysVisible, callHidden }: MetaTools): Transform {
  const own: ReadonlyMap<string, Resolved<"tool">> = new Map(tools.map((each) => [each.component.id, each]))
  const pinned: ReadonlySet<string> = new Set(alwaysVisible)
  // A list stays the same array while nothing changes; so does what is made of it.
  const made: WeakMap<readonly Resolved[], Lists> = new WeakMap()

  function listsOf(entries: readonly Resolved[]): Lists {
    const known = made.get(entries)
    if (known !== undefined) return known
    const whole = entries.filter(({ component }) => !own.has(component.id))
    const lists = { whole, short: [...tools, ...whole.filter(({ component }) => pinned.has(component.id))] }
    made.set(entries, lists)
    return lists
  }

  return {
    name,
    list<K extends ComponentKind>(kind: K, entries: readonly Resolved<K>[], scope: Scope) {
      if (kind !== "tool") return entries
      const { whole, short } = listsOf(entries)
      // Of the kind that was asked for.
      return (scope.whole === true ? whole : short) as readonly Resolved<K>[]
    },
    // biome-ignore lint/complexity/useMaxParams: the contract of transforms
    find<K extends ComponentKind>(kind: K, id: string, next: FindNext<K>, scope: Scope) {
      if (kind !== "tool") return next(id)
      const meta = own.get(id)
      // What searches and calls others finds none of its own kind.
      if (meta !== undefined) return scope.whole === true ? undefined : (meta as Resolved as Resolved<K>)
      const isOpen = callHidden || scope.whole === true || scope.trusted || pinned.has(id)
      return isOpen ? next(id) : undefined
    },
  }
}

interface Lists {
  readonly whole: readonly Resolved[]
  readonly short: readonly Resolved[]
}

/** A tool as a transform adds it. */
export function resolvedTool(component: Tool): Resolved<"tool"> {
  return { component, owner: "transform", invoke: component.invoke }
}

/** A tool that gives the result of another as it is: what is unknown here is for the client all the same. */
export function passingTool(
  config: ToolConfig,
  run: (args: unknown, ctx: Context) => Promise<CallToolResult>,
): Resolved<"tool"> {
  const results: WeakMap<Context, CallToolResult> = new WeakMap()
  const component = tool(config, async (args, ctx) => {
    const result = await run(args, ctx)
    results.set(ctx, result)
  })
  return {
    component,
    owner: "transform",
    async invoke(args, ctx) {
      const own = await component.invoke(args, ctx)
      return results.get(ctx) ?? own
    },
  }
}

/** How tools that lists leave out are called as part of a call. */
export type CallOther = (
  ctx: Context,
  name: string,
  args: { readonly [name: string]: unknown },
) => Promise<CallToolResult>

/** Gives what calls other tools. Where these are open to everybody, a call is like any other of a handler. */
export function callOther(callHidden: boolean): CallOther {
  return callHidden ? (ctx, name, args) => ctx.callTool(name, args) : callSeen
}
