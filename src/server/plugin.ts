import { assertOptions, type KnownOptions, type OptionKind, readOptions } from "../components/options.ts"
import { InvalidPlugin } from "../errors/plugins.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Method } from "../protocol/method.ts"
import { isReservedMetaKey, isValidExtensionId } from "../spec/meta.ts"
import { Extensions } from "./extensions.ts"
import { isMade } from "./lifespan-options.ts"
import { assertMiddleware } from "./middleware.ts"
import type { Plugin } from "./plugin-contract.ts"
import { kPlugin, type MadePlugin } from "./plugin-kit.ts"
import { assertProvider } from "./provider.ts"
import { assertTransform } from "./transform.ts"

/**
 * Types a plugin as it is written and checks it.
 *
 * @throws {UnknownOption} FLEET-09: a field does not exist.
 * @throws {InvalidOption} A field is of another kind.
 * @throws {InvalidPlugin} The id has no prefix, or is reserved; a method or result type has a name of the protocol.
 * @see SEP-2133
 * @example
 * const clock = definePlugin({
 *   id: "com.example/clock",
 *   methods: [{ name: "com.example/now", run: () => complete({ now: Date.now() }) }],
 * })
 * new FleetMCP("Demo", { plugins: [clock] })
 */
export function definePlugin(plugin: Plugin): Plugin {
  return checked(plugin, true)
}

/**
 * Makes a plugin of an extension that the protocol itself defines, such as `io.modelcontextprotocol/tasks`. Not for
 * users: what stands under a reserved id must be what its specification says.
 *
 * @throws {InvalidPlugin}
 */
export function defineExtension(plugin: Plugin): Plugin {
  return checked(plugin, false)
}

/** What serves plugins comes with them: a server without any does not load it. */
const kit: MadePlugin[typeof kPlugin] = (methods) => new Extensions(methods)

function checked(plugin: Plugin, isOfUser: boolean): Plugin {
  if (Object(plugin)[kPlugin] !== undefined) return plugin
  assertShape(plugin)
  if (!isValidExtensionId(plugin.id)) {
    throw new InvalidPlugin(`The plugin id \`${plugin.id}\` is not an extension identifier.`, {
      fix: ownPrefix,
    })
  }
  if (isOfUser && isReservedMetaKey(plugin.id)) {
    throw new InvalidPlugin(`The plugin id \`${plugin.id}\` has a prefix that the protocol reserves.`, {
      fix: ownPrefix,
    })
  }
  for (const { name } of plugin.methods ?? []) {
    if (name.startsWith("rpc.")) {
      throw new InvalidPlugin(`The plugin \`${plugin.id}\` defines \`${name}\`, a name JSON-RPC reserves.`, {
        fix: "Choose a name without the prefix `rpc.`.",
      })
    }
  }
  const ownType = plugin.resultTypes?.find((type) => coreResultTypes.includes(type))
  if (ownType !== undefined) {
    throw new InvalidPlugin(
      `The plugin \`${plugin.id}\` defines the result type \`${ownType}\` of the core.`,
      {
        fix: "Choose another name.",
      },
    )
  }
  const { lifespan, methods, ...rest } = readOptions(plugin, pluginOptions)
  const copy: Plugin = {
    ...rest,
    ...(lifespan && { lifespan: typeof lifespan === "function" ? lifespan.bind(plugin) : lifespan }),
    ...(methods && { methods: methods.map((method) => readOptions(method, methodOptions)) }),
  }
  // Not to be seen, nor to be copied by `{ ...plugin }`: what is changed is checked again.
  return Object.freeze(Object.defineProperty(copy, kPlugin, { value: kit }))
}

const ownPrefix = "Write a prefix you own and a name, such as `com.example/reports`."

const kinds: { readonly [name in keyof Plugin]-?: OptionKind } = {
  id: "string",
  settings: { holds: isJsonObject, expected: "an object of JSON values" },
  methods: "list",
  notifications: { holds: isListeners, expected: "an object of functions" },
  clientNotifications: "strings",
  resultTypes: "strings",
  listenFilters: "object",
  middleware: "list",
  providers: "list",
  transforms: "list",
  routes: "object",
  lifespan: {
    holds: (value) => typeof value === "function" || isMade("lifespan")(value),
    expected: "a function, what `lifespan()` made, or a list of that",
  },
  on: { kinds: { call: { kinds: { start: "function", end: "function" } } } },
}

const pluginOptions: KnownOptions = {
  kinds,
  required: ["id"],
  foreign: { name: "Use `id`.", hooks: "Use `on`." },
}

const methodKinds: { readonly [name in keyof Method]-?: OptionKind } = {
  name: "string",
  era: {
    holds: (value) => value === "session" || value === "stateless",
    expected: '`"session"` or `"stateless"`',
  },
  nameParam: "string",
  isOffered: "function",
  mayAsk: "boolean",
  check: "function",
  run: "function",
}

const methodOptions: KnownOptions = { kinds: methodKinds, required: ["name", "run"] }

function assertShape(plugin: Plugin): void {
  assertOptions("The plugin", plugin, pluginOptions)
  const subject = `of the plugin \`${plugin.id}\``
  for (const method of plugin.methods ?? []) {
    assertOptions(`A method ${subject}`, method, methodOptions)
  }
  for (const [field, filter] of Object.entries(plugin.listenFilters ?? {})) {
    const required = ["honor", "passes"]
    assertOptions(`The listen filter \`${field}\` ${subject}`, filter, {
      kinds: { honor: "function", passes: "function" },
      required,
    })
  }
  plugin.middleware?.forEach(assertMiddleware)
  plugin.providers?.forEach(assertProvider)
  plugin.transforms?.forEach(assertTransform)
}

/** What JSON cannot say would break every `server/discover`. */
function isJsonObject(value: unknown): boolean {
  try {
    return isObject(value) && JSON.stringify(value) !== undefined
  } catch {
    // A bigint, or a cycle.
    return false
  }
}

function isListeners(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((listener) => typeof listener === "function")
}

const coreResultTypes: readonly string[] = ["complete", "input_required"]
