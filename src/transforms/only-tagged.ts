import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { Resolved } from "../server/provider.ts"
import { defineTransform, type Transform } from "../server/transform.ts"
import { andThen } from "../shared/maybe-promise.ts"
import { createListed } from "./wrapped.ts"

/** Which components are left, by their tags. */
export interface TagOptions {
  /** Only what has one of these. Default: all. */
  readonly include?: readonly string[]
  /** Nothing that has one of these. Default: none is left out. */
  readonly exclude?: readonly string[]
}

const options: KnownOptions = { kinds: { include: "strings", exclude: "strings" } }

/**
 * Leaves only components that have certain tags, or have them not. What is left out cannot be called.
 *
 * @param tags `include` and `exclude`; the latter wins.
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [onlyTagged({ include: ["public"] })] })
 */
export function onlyTagged(tags: TagOptions): Transform {
  assertOptions("`onlyTagged()`", tags, options)
  const { include, exclude = [] } = tags
  const isLeft = ({ component }: Resolved): boolean => {
    const has = (list: readonly string[]) => list.some((tag) => component.tags.includes(tag))
    return (include === undefined || has(include)) && !has(exclude)
  }
  const listed = createListed((entries) => entries.filter(isLeft))
  return defineTransform({
    name: "only tagged",
    list: (_kind, entries) => listed(entries),
    find: (_kind, id, next) => andThen(next(id), (entry) => (entry && isLeft(entry) ? entry : undefined)),
  })
}
