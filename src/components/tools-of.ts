import { InvalidOption, quoted } from "../errors/server.ts"
import type { Context } from "./context.ts"
import { type Tool, type ToolConfig, tool } from "./tool.ts"

/** What a method is as a tool: the options of `tool()`, where the name may be left out. */
export type MethodConfig = Omit<ToolConfig, "name"> & { readonly name?: string }

/** Names of the methods of an object. */
export type MethodsOf<T> = {
  [K in keyof T]: T[K] extends (args: never, ctx: Context) => unknown ? K : never
}[keyof T] &
  string

/**
 * Makes tools of methods of an object, which are called on it with the validated arguments and the context. A method that takes
 * arguments needs an `input`.
 *
 * @param target What has the methods: of its own, or of its class.
 * @param methods The options of `tool()` by method. Default of `name`: that of the method.
 * @throws {InvalidOption} There is no such method, or it takes arguments and has no `input`.
 * @throws {InvalidName} A tool cannot be called so.
 * @throws {UnknownOption} FLEET-09
 * @see S28/server/tools
 * @example
 * const cart = { items: ["pen"], count() { return this.items.length } }
 * new FleetMCP("Shop", { tools: toolsOf(cart, { count: { description: "Counts the items" } }) })
 */
export function toolsOf<const T extends object>(
  target: T,
  methods: { readonly [K in MethodsOf<T>]?: MethodConfig },
): readonly Tool[] {
  if (typeof target !== "object" || target === null)
    throw new InvalidOption(
      "The first argument of `toolsOf()`",
      quoted(target),
      "Give an object with methods.",
    )
  if (typeof methods !== "object" || methods === null)
    throw new InvalidOption("The second argument of `toolsOf()`", quoted(methods), "Give options by method.")
  return Object.entries(methods).flatMap(([key, config]) =>
    config === undefined ? [] : [methodTool(target, key, config as MethodConfig)],
  )
}

function methodTool(target: object, key: string, config: MethodConfig): Tool {
  // What all objects have is no method that anybody meant.
  const inherited = Object.hasOwn(Object.prototype, key) && !Object.hasOwn(target, key)
  const method: unknown = inherited ? undefined : Reflect.get(target, key)
  if (typeof method !== "function")
    throw new InvalidOption(
      `The method \`${key}\` of \`toolsOf()\``,
      quoted(method),
      "Name a method of the object.",
    )
  if (method.length > 0 && config.input === undefined)
    throw new InvalidOption(
      `The \`input\` of the method \`${key}\` of \`toolsOf()\``,
      "missing, though it takes arguments",
      "Give a schema of them.",
    )
  // Asked for at each call, so that what is replaced on the object is replaced here.
  return tool({ ...config, name: config.name ?? key }, (args: unknown, ctx: Context) =>
    (Reflect.get(target, key) as (args: unknown, ctx: Context) => unknown).call(target, args, ctx),
  )
}
