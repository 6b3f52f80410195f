import type { Icon } from "../spec/index.ts"
import type { StorageDriver } from "../storage/storage.ts"
import type { AuthCheck } from "./auth-check.ts"

/** How long and for whom a client may cache a result. */
export interface CacheHints {
  /** Milliseconds for which the result stays fresh. */
  readonly ttlMs?: number
  /** `public` results may be shared between callers. */
  readonly scope?: "public" | "private"
}

/** What every kind of component may be given. */
export interface ComponentOptions {
  /** The name people read. Default: from annotations, else the name in title case. */
  readonly title?: string
  /** What it does, for the model. */
  readonly description?: string
  /** `https:` URLs, or what `icon()` makes. Default: none. */
  readonly icons?: readonly (Icon | string)[]
  /** Marks for grouping and filtering; clients see them in `_meta`. */
  readonly tags?: readonly string[]
  /** Several versions of a name may stand side by side; lists show the highest. */
  readonly version?: string
  /** Sent as `_meta`; keys as reverse DNS names. */
  readonly meta?: { readonly [key: string]: unknown }
  /** Who may see and use it. Default: everyone. */
  readonly auth?: AuthCheck
}

/** Tells the kinds of components apart. A `template` is what `resource()` makes of a URI with variables. */
export type ComponentKind = "tool" | "resource" | "template" | "prompt"

/** What of a server a component may have to do with. */
export interface ServerParts {
  /** Where everything is kept; the default, in memory, can do all. */
  readonly storage?: StorageDriver
}

/** Under Symbol.for: components of another copy of this package judge servers too. */
export const kJudge: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.judge") as never

/** What every component has once it is made. Components are frozen values. */
export interface Component {
  /** Which of the kinds it is. */
  readonly kind: ComponentKind
  /** What it is called by: a name, a URI or a URI template. */
  readonly id: string
  /** Its version, if it was given one. */
  readonly version: string | undefined
  /** The name people read. */
  readonly title: string
  /** What it does, for the model. */
  readonly description: string | undefined
  /** Its icons, checked. */
  readonly icons: readonly Icon[] | undefined
  /** Its tags; empty without any. */
  readonly tags: readonly string[]
  /** The `_meta` it was given. */
  readonly meta: { readonly [key: string]: unknown } | undefined
  /** Who may see and use it; `undefined` for everyone. */
  readonly auth: AuthCheck | undefined
  /** Whether it suggests values for its arguments. */
  readonly completes: boolean
  /** Throws where it cannot work in the server that it is added to. */
  readonly [kJudge]?: (server: ServerParts) => void
}

/** Names a component among all others: `tool:add@1.2`. */
export function componentKey(component: Pick<Component, "kind" | "id" | "version">): string {
  return `${component.kind}:${component.id}@${component.version ?? ""}`
}
