import type { ComponentKind } from "./component.ts"

/** Names components: those that have every field that it says. */
export interface ComponentFilter {
  /** Of these kinds. Default: of all. */
  readonly kind?: ComponentKind | readonly ComponentKind[]
  /** Of these names, URIs or URI templates. Default: of all. */
  readonly id?: string | readonly string[]
  /** With one of these tags at least. Default: with any or none. */
  readonly tags?: readonly string[]
  /** Of these versions; `1.0` is `v1`. Default: of any or none. */
  readonly version?: string | readonly string[]
  /** These very components, such as `tool:add@1`; `tool:add@` is the one without a version. Default: all. */
  readonly key?: string | readonly string[]
}

/**
 * What the session of a call sees of the server. Of the changes that concern a component, the last decides. Nobody else's
 * session changes, and what an `auth` check keeps from a caller stays hidden from him.
 */
export interface SessionVisibility {
  /**
   * Hides components from the session: they are in none of its lists, and cannot be called or read. The client is told that
   * its lists have changed.
   *
   * @param filter Which: by kind, name and tags; `"all"` for all.
   * @throws {VisibilityNeedsSession} The call belongs to no session.
   * @throws {InvalidOption} The filter names nothing, or the session has 100 such changes already.
   */
  readonly hide: (filter: ComponentFilter | "all") => Promise<void>
  /**
   * Shows components again that were hidden from the session.
   *
   * @throws {VisibilityNeedsSession} The call belongs to no session.
   */
  readonly show: (filter: ComponentFilter | "all") => Promise<void>
  /** Shows what the server offers, as to any other session. */
  readonly reset: () => Promise<void>
}
