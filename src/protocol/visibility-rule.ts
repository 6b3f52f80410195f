/** Hides components from a session, or shows them again: those that have every field that it names. Plain JSON. */
export interface VisibilityRule {
  readonly isHidden: boolean
  /** Kinds of component; all where it names none. */
  readonly kinds?: readonly string[]
  /** Names, URIs or URI templates. */
  readonly ids?: readonly string[]
  /** Tags, of which a component has one at least. */
  readonly tags?: readonly string[]
}
