import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidOption } from "../errors/server.ts"
import type { Resolved } from "../server/provider.ts"
import { defineTransform, type Transform } from "../server/transform.ts"
import { andThen } from "../shared/maybe-promise.ts"
import { compareVersions } from "../shared/version-order.ts"
import { createListed } from "./wrapped.ts"

/** Which versions are left. */
export interface VersionFilterOptions {
  /** This version and higher ones. Default: from the lowest. */
  readonly from?: string
  /** Only lower ones than this version, itself not. Default: up to the highest. */
  readonly below?: string
  /** Whether components without a version are left. Default `true`. */
  readonly unversioned?: boolean
}

const options: KnownOptions = {
  kinds: { from: "string", below: "string", unversioned: "boolean" },
  foreign: {
    gte: "Use `from`.",
    version_gte: "Use `from`.",
    since: "Use `from`.",
    lt: "Use `below`.",
    version_lt: "Use `below`.",
    before: "Use `below`.",
    include_unversioned: "Use `unversioned`.",
  },
}

/**
 * Leaves only components of certain versions; others are in no list and cannot be called. So one set of components makes
 * a server of version 1 and one of version 2.
 *
 * @param bounds `from` and `below`, one at least; `unversioned`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} There is no bound, or nothing could be between them.
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [versionFilter({ from: "2", below: "3" })] })
 */
export function versionFilter(bounds: VersionFilterOptions): Transform {
  assertOptions("`versionFilter()`", bounds, options)
  const { from, below, unversioned = true } = bounds
  if (from === undefined && below === undefined)
    throw new InvalidOption("What `versionFilter()` was given", "no bound", "Give `from`, `below` or both.")
  if (from !== undefined && below !== undefined && compareVersions(from, below) >= 0)
    throw new InvalidOption(
      "The option `below` of `versionFilter()`",
      `\`${below}\`, which is not above \`${from}\``,
      "Give one above `from`.",
    )
  const isLeft = ({ component: { version } }: Resolved): boolean => {
    if (version === undefined) return unversioned
    const isHigh = from === undefined || compareVersions(version, from) >= 0
    return isHigh && (below === undefined || compareVersions(version, below) < 0)
  }
  const listed = createListed((entries) => entries.filter(isLeft))
  return defineTransform({
    name: "version filter",
    list: (_kind, entries) => listed(entries),
    find: (_kind, id, next) => andThen(next(id), (entry) => (entry && isLeft(entry) ? entry : undefined)),
  })
}
