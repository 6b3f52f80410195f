import { InvalidPlugin } from "../errors/server.ts"
import type { Call } from "../protocol/call.ts"
import type { Method } from "../protocol/method.ts"
import type { Principal } from "../protocol/principal.ts"
import { isValidExtensionId } from "../spec/meta.ts"
import type { ChangeEvent } from "./events.ts"
import type { Hooks } from "./hooks.ts"
import type { Lifespan } from "./lifespans.ts"
import type { Middleware, Notice } from "./middleware.ts"
import type { Provider } from "./provider.ts"
import type { Transform } from "./transform.ts"

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
  /** Result types besides `complete` and `input_required`; sent only to clients that declare the extension. */
  readonly resultTypes?: readonly string[]
  readonly listenFilters?: { readonly [field: string]: ListenFilter }
  readonly middleware?: readonly Middleware[]
  readonly providers?: readonly Provider[]
  readonly transforms?: readonly Transform[]
  /** Routes beside the MCP endpoint: `"GET /reports": handler`. */
  readonly routes?: { readonly [route: string]: (request: Request) => Response | Promise<Response> }
  /** Called when the server starts; what it returns is called when it closes. */
  readonly lifespan?: Lifespan
  readonly on?: Hooks
}

/**
 * Types a plugin as it is written and checks it.
 *
 * @throws {InvalidPlugin} The id has no prefix, or is reserved.
 * @see SEP-2133
 */
export function definePlugin(plugin: Plugin): Plugin {
  if (!isValidExtensionId(plugin.id)) {
    throw new InvalidPlugin(`The plugin id \`${plugin.id}\` is not an extension identifier.`, {
      fix: "Write a prefix you own and a name, such as `com.example/reports`.",
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
  return Object.freeze({ ...plugin })
}

const coreResultTypes: readonly string[] = ["complete", "input_required"]
