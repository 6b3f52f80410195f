import type { ComponentKind } from "../components/component.ts"
import { assertOptions, type OptionKind } from "../components/options.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { ChangeListener, Resolved, Scope } from "./provider.ts"
import type { ServerLog } from "./server-log.ts"

/** Goes on to what lies further in. */
export type FindNext<K extends ComponentKind> = (
  id: string,
) => Resolved<K> | undefined | Promise<Resolved<K> | undefined>

/** What lies further in than a transform, whoever asks it and whenever. */
export interface InnerView {
  /** Lists what `scope` can see of a kind, the highest version of each name. */
  list<K extends ComponentKind>(kind: K, scope: Scope): MaybePromise<readonly Resolved<K>[]>
  /** Lists what `scope` can see of a kind, every version of each name. */
  listVersions<K extends ComponentKind>(kind: K, scope: Scope): MaybePromise<readonly Resolved<K>[]>
  /** Finds what `scope` may use under an id: the highest version it can see, or the one it wants. */
  find<K extends ComponentKind>(kind: K, id: string, scope: Scope): MaybePromise<Resolved<K> | undefined>
  /** The server's own log, for what cannot be shown and is left out. */
  readonly log: ServerLog
}

/**
 * Changes what is found: renames, hides, replaces. Lists and finds must agree, so that what is hidden cannot
 * be called.
 */
export interface Transform {
  /** Names it, for whoever debugs. */
  readonly name: string
  /** Whether the answer depends on who asks; else lists are kept until something changes. Default `false`. */
  readonly scoped?: boolean
  /** Changes the list of a kind. Without it the list stays as it is. */
  list?<K extends ComponentKind>(
    kind: K,
    entries: readonly Resolved<K>[],
    scope: Scope,
  ): readonly Resolved<K>[] | Promise<readonly Resolved<K>[]>
  /** Changes what is found under an id; `next` finds it further in. Without it finds stay as they are. */
  find?<K extends ComponentKind>(
    kind: K,
    id: string,
    next: FindNext<K>,
    scope: Scope,
  ): Resolved<K> | undefined | Promise<Resolved<K> | undefined>
  /** Tells when what it changes is another, besides what changes further in. Returns what ends the telling. */
  onChange?(listener: ChangeListener): () => void
  /**
   * Makes the transform of one server, in place of `list`, `find` and `onChange` beside it: for what must look further in
   * than a list or find lets it, or needs something for each server that has it. Called when the server takes it.
   */
  attach?(inner: InnerView): Omit<Transform, "attach" | "name">
}

/**
 * Types a transform as it is written and checks it.
 *
 * @throws {UnknownOption} FLEET-09: a field does not exist.
 * @throws {InvalidOption} A field is missing or of another kind.
 * @example
 * const hideDrafts = defineTransform({
 *   name: "hide-drafts",
 *   list: (_kind, entries) => entries.filter(({ component }) => !component.tags.includes("draft")),
 *   async find(_kind, id, next) {
 *     const found = await next(id)
 *     return found?.component.tags.includes("draft") ? undefined : found
 *   },
 * })
 */
export function defineTransform(transform: Transform): Transform {
  assertOptions("The transform", transform, { kinds, required })
  return transform
}

/**
 * Refuses what is no transform. One may have further members, for itself.
 *
 * @throws {InvalidOption}
 */
export function assertTransform(transform: unknown): void {
  // `assertOptions` looks whether it is an object at all.
  assertOptions("The transform", transform as object, { kinds, required, isOpen: true })
}

const kinds: { readonly [name in keyof Transform]-?: OptionKind } = {
  name: "string",
  scoped: "boolean",
  list: "function",
  find: "function",
  onChange: "function",
  attach: "function",
}

const required: readonly (keyof Transform)[] = ["name"]
