import type { Lifespan } from "../components/lifespan.ts"
import { assertOptions, type KnownOptions, type OptionKind, readOptions } from "../components/options.ts"
import { InvalidPlugin } from "../errors/plugins.ts"
import type { Call } from "../protocol/call.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Method } from "../protocol/method.ts"
import type { Principal } from "../protocol/principal.ts"
import { isReservedMetaKey, isValidExtensionId } from "../spec/meta.ts"
import type { ChangeEvent } from "./events.ts"
import { Extensions } from "./extensions.ts"
import type { Hooks } from "./hooks.ts"
import type { LifespanFunction } from "./lifespan-host.ts"
import { isMade } from "./lifespan-options.ts"
import { assertMiddleware, type Middleware, type Notice } from "./middleware.ts"
import { kPlugin, type MadePlugin } from "./plugin-kit.ts"
import { assertProvider, type Provider } from "./provider.ts"
import { assertTransform, type Transform } from "./transform.ts"

/** Serves one field of the filter of `subscriptions/listen`. The core's four are rows of this same type. */
export interface ListenFilter {
  /** Says which part of what a client asks for is honored; `undefined` for none. */
  readonly honor: (wanted: unknown, call: Call) => unknown
  /** Says whether an event passes what was honored. */
  readonly passes: (
    event: ChangeEvent,
    honored: unknown,
    principal: Principal | undefined,
  ) => boolean | Promise<boolean>
}

/** An extension of the protocol or of the server: all that it adds, in one value. */
export interface Plugin {
  /** A reverse DNS prefix and a name: `com.example/reports`. Clients and server advertise it under this id. */
  readonly id: string
  /** What `capabilities.extensions[id]` says. Default `{}`. */
  readonly settings?: { readonly [name: string]: unknown }
  /** Methods of its own, as rows of the method table. */
  readonly methods?: readonly Method[]
  /** What to do with notifications from clients. */
  readonly notifications?: { readonly [method: string]: (notice: Notice) => void | Promise<void> }
  /** Notifications that handlers send by `ctx.notify()`; only to clients that declare the extension. */
  readonly clientNotifications?: readonly string[]
  /** Result types besides `complete` and `input_required`; sent only to clients that declare the extension. */
  readonly resultTypes?: readonly string[]
  /** Fields it adds to the filter of `subscriptions/listen`. */
  readonly listenFilters?: { readonly [field: string]: ListenFilter }
  /** Wraps calls, outside of the server's own where the plugin is given as an option. */
  readonly middleware?: readonly Middleware[]
  /** Where further components come from. */
  readonly providers?: readonly Provider[]
  /** Changes to what is found. */
  readonly transforms?: readonly Transform[]
  /** Routes beside the MCP endpoint: `"GET /reports": handler`. */
  readonly routes?: { readonly [route: string]: (request: Request) => Response | Promise<Response> }
  /** What starts and ends with the server; of a function, what it returns is called at the end. */
  readonly lifespan?: LifespanFunction | Lifespan | readonly Lifespan[]
  /** Hears of calls: the seam for telemetry. */
  readonly on?: Hooks
}

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
