import type { Lifespan } from "../components/lifespan.ts"
import type { Call } from "../protocol/call.ts"
import type { Method } from "../protocol/method.ts"
import type { Principal } from "../protocol/principal.ts"
import type { ChangeEvent } from "./events.ts"
import type { Hooks } from "./hooks.ts"
import type { LifespanFunction } from "./lifespan-host.ts"
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
