/** Hides components, or shows them again: those that have every field that it names. Plain JSON. */
export interface VisibilityRule {
  readonly isHidden: boolean
  /** Kinds of component; all where it names none. */
  readonly kinds?: readonly string[]
  /** Names, URIs or URI templates. */
  readonly ids?: readonly string[]
  /** Tags, of which a component has one at least. */
  readonly tags?: readonly string[]
  /** Versions; `1.0` is `v1`. What has no version has none of them. */
  readonly versions?: readonly string[]
  /** Components, as `tool:add@1` or `tool:add@`. */
  readonly keys?: readonly string[]
}
