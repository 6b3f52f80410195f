import { InvalidOption, quoted } from "../errors/server.ts"
import type { Principal } from "../protocol/principal.ts"
import type { Context, ContextKey } from "./context.ts"
import { assertOpener } from "./lifespan.ts"
import { type Opened, type Opener, toOpen } from "./opener.ts"
import { assertOptions, type KnownOptions } from "./options.ts"

/** How long what a dependency makes is kept, and by whom it is shared. */
export type DependencyScope = "request" | "session" | "server"

/** What makes a dependency for all callers gets: there is no caller yet. */
export interface ServerScope {
  /** The name of the server. */
  readonly name: string
  /**
   * Takes the value of a lifespan.
   *
   * @throws {LifespanNotRun} FLEET-17: the server has no such lifespan.
   */
  readonly require: <T>(key: ContextKey<T>) => T
  /** Takes what another dependency makes, of the same scope or a longer one. */
  readonly use: <T>(key: ContextKey<T>) => Promise<T>
}

/** What makes a dependency for one session gets. */
export interface SessionScope extends ServerScope {
  /** Whose session it is, or `undefined` when nobody had to say. */
  readonly auth: Principal | undefined
}

/** What a dependency of a scope is made from: for a request, the context of the call. */
export type ScopeContext<Scope extends DependencyScope> = Scope extends "request"
  ? Context
  : Scope extends "session"
    ? SessionScope
    : ServerScope

/** How a dependency is kept. */
export interface DependencyOptions<Scope extends DependencyScope = DependencyScope> {
  /** Whether it is made for each call, once for a session, or once for the server. Default `request`. */
  readonly scope?: Scope
}

/** Says how the value under a key is made, when it is first used: made by {@link provide}. */
export interface Dependency {
  readonly kind: "dependency"
  /** What it makes the value of. */
  readonly key: ContextKey<unknown>
  /** How long the value is kept. */
  readonly scope: DependencyScope
  /**
   * Makes the value, and what gives it back.
   *
   * @internal
   */
  readonly open: (from: never) => Promise<Opened>
}

/**
 * Says how the value under a key is made. A server that is given it, under `dependencies`, makes the value when it is
 * first used by `ctx.use(key)`, and gives it back with the call, the session or the server.
 *
 * @param key What the value is taken by. In tests, it may be a lifespan.
 * @param opener Makes the value, from the context of the call: as of {@link lifespan}.
 * @param options `scope`. Default: it is made for each call.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} The key, the opener or the scope is none.
 * @example
 * const user = contextKey<{ readonly name: string }>("user")
 * const users = provide(user, async (ctx) => ({ name: ctx.auth?.subject ?? "nobody" }))
 * const mcp = new FleetMCP("Demo", { dependencies: users })
 * mcp.tool({ name: "whoami" }, async (_, ctx) => (await ctx.use(user)).name)
 */
export function provide<T, const Scope extends DependencyScope = "request">(
  key: ContextKey<T>,
  opener: Opener<NoInfer<T>, ScopeContext<Scope>>,
  options: DependencyOptions<Scope> = {},
): Dependency {
  const name: unknown = (key as ContextKey<T> | undefined | null)?.name
  if (typeof name !== "string")
    throw new InvalidOption(
      "The first argument of `provide()`",
      quoted(key),
      "Give what `contextKey()` made.",
    )
  assertOpener("provide", opener)
  assertOptions(`The dependency \`${name}\``, options, dependencyOptions)
  return Object.freeze({ kind: "dependency", key, scope: options.scope ?? "request", open: toOpen(opener) })
}

const dependencyOptions: KnownOptions = { kinds: { scope: ["request", "session", "server"] } }
