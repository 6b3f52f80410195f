import type { ComponentKind } from "../components/component.ts"
import { assertOptions, type OptionKind } from "../components/options.ts"
import type { Resolved, Scope } from "./provider.ts"

/** Goes on to what lies further in. */
export type FindNext<K extends ComponentKind> = (
  id: string,
) => Resolved<K> | undefined | Promise<Resolved<K> | undefined>

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
}

const required: readonly (keyof Transform)[] = ["name"]
