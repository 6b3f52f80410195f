import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { Kept } from "./cache-kept.ts"
import { comparable, type Place, type Subject } from "./cache-place.ts"

/** What is found in a place. */
export interface Look {
  readonly kept: Kept | undefined
  /** Under which mark a result may be kept that is made from now on; `undefined` where none may. */
  readonly mark: string | undefined
}

/** What is out of date: all of a subject, what concerns one name or URI, or only lists. */
export interface Change {
  readonly subject: Subject
  readonly only?: "lists" | { readonly target: string }
}

/** Keeps results. */
export interface ResultStore {
  look(place: Place): MaybePromise<Look>
  /** Keeps a result that was made after {@link look} gave the mark; tells whether it did. */
  put(place: Place, kept: Kept, mark: string): MaybePromise<boolean>
  /** Sees to it that nothing that was kept, or is being made, before now is served. */
  drop(change: Change): MaybePromise<void>
  close(): void
}

/** Names what concerns one name or URI, however it is spelled. */
export function toChange(subject: Subject, target: string): Change {
  return { subject, only: { target: comparable(subject, target) } }
}

/** Whether a place has something that a change makes out of date. */
export function concerns({ subject, only }: Change, place: Place): boolean {
  if (subject !== place.subject) return false
  if (only === undefined) return true
  return only === "lists" ? place.target === undefined : place.target === only.target
}
