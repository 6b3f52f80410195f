import type { CacheHints, ComponentKind } from "../components/component.ts"
import type { Call } from "../protocol/call.ts"
import type { Principal } from "../protocol/principal.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { Implementation, ServerCapabilities } from "../spec/index.ts"
import type { ProtocolRevision } from "../spec/revisions.ts"
import type { StorageParts } from "../storage/storage.ts"
import type { Catalog } from "./catalog.ts"
import type { ChangeEvent, EventBus } from "./events.ts"
import type { Invoker } from "./invoker.ts"
import type { LazyLifespans } from "./lazy-lifespans.ts"
import type { LazyWatch } from "./lazy-watch.ts"
import type { Lister } from "./lister.ts"
import type { ListenFilter, Plugin } from "./plugin-contract.ts"
import type { Scope } from "./provider.ts"
import type { RunningCalls } from "./running.ts"
import type { ServerLog } from "./server-log.ts"
import type { ServerStats } from "./stats.ts"

/** The cacheable methods, for which hints can be set. */
export type CacheableMethod =
  | "tools/list"
  | "prompts/list"
  | "resources/list"
  | "resources/templates/list"
  | "resources/read"
  | "server/discover"

/** What the methods of the core work with. */
export interface Core {
  readonly info: Implementation
  /** Whether results say which server answers. */
  readonly disclosesServerInfo: boolean
  readonly instructions: string | undefined
  readonly supported: readonly ProtocolRevision[]
  readonly capabilities: () => ServerCapabilities
  readonly catalog: Catalog
  readonly lister: () => MaybePromise<Lister>
  readonly invoker: Invoker
  /** Where everything is kept that must outlive a call. */
  readonly storage: StorageParts
  readonly bus: EventBus
  /** What plugins add to the filter of `subscriptions/listen`. */
  readonly listenFilters: () => ReadonlyMap<string, ListenFilter>
  readonly cacheHints: { readonly [method in CacheableMethod]?: CacheHints }
  /** Milliseconds a handler may take where the component does not say. */
  readonly timeout: number | undefined
  readonly maskErrors: boolean
  /** Watches handlers for those that block the event loop; `undefined` where none are to be watched. */
  readonly watch: LazyWatch | undefined
  readonly log: ServerLog
  /** Whether what handlers log is written to it too. */
  readonly mirrorLogs: boolean
  /** Milliseconds between two notifications of progress of a call; `undefined` where all are sent. */
  readonly progressMs: number | undefined
  readonly plugins: () => readonly Plugin[]
  readonly limits: Limits
  /** Tells that the components of these kinds are others now, for all or for an audience. */
  readonly announce: (
    kinds: readonly ComponentKind[],
    audience?: Pick<ChangeEvent, "audience" | "sessions">,
  ) => void
  /** Whether there are, or were, components of a kind. */
  readonly offers: (kind: ComponentKind) => boolean
  /** The headers that challenge a caller to come back with more scopes. */
  readonly challengeHeaders: (scopes: readonly string[]) => { readonly [name: string]: string }
  /** What to do when the server closes. */
  readonly onClose: Set<() => void>
  /** What starts and ends with it. */
  readonly lifespans: LazyLifespans
  /** Counts what the server has done and does. */
  readonly stats: () => ServerStats
  /** The calls that run; whether it has begun to close. */
  readonly running: RunningCalls
}

export interface Limits {
  /** Open subscriptions of all callers. */
  readonly subscriptions: number
  /** Open subscriptions of one caller. */
  readonly subscriptionsPerPrincipal: number
}

/** The caller of a call, and the version it wants, as the catalog takes them. */
export function scopeOf(call: Call): Scope {
  const { principal } = call.peer
  const version = call.wantedVersion
  const hidden = call.isInside ? undefined : call.exchange.visibility
  const whole = call.params[wholeParam] === wholeView
  const { headers } = call
  const isPlain =
    principal === undefined && version === undefined && hidden === undefined && headers === undefined
  if (isPlain && !whole) return call.isTrusted ? trustedScope : anonymousScope
  return { principal, trusted: call.isTrusted, version, hidden, whole, headers }
}

/** The parameter by which the server's own code asks for the whole catalogue: see `Scope.whole`. */
export const wholeParam = "fleetmcp/whole"

/** Its value: a symbol, which no client can send, and for which no cache has a key. */
export const wholeView: unique symbol = /* @__PURE__ */ Symbol()

export function scopeOfPrincipal(principal: Principal | undefined): Scope {
  return principal === undefined ? anonymousScope : { principal, trusted: false }
}

const anonymousScope: Scope = { principal: undefined, trusted: false }
const trustedScope: Scope = { principal: undefined, trusted: true }
