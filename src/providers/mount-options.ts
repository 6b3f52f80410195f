import type { KnownOptions } from "../components/options.ts"
import type { Transform } from "../server/transform.ts"

/** How the components of a server are called in another. */
export interface MountOptions {
  /** What stands before names, and first in the path of URIs. Default: nothing. */
  readonly prefix?: string
  /** What stands between prefix and name. Default `_`. */
  readonly separator?: string
  /** Only what has one of these tags. Default: all. */
  readonly includeTags?: readonly string[]
  /** Nothing that has one of these tags. Default: none is left out. */
  readonly excludeTags?: readonly string[]
  /** Other names of tools and prompts, before the prefix: `{ old: "new" }`. */
  readonly names?: { readonly [name: string]: string }
  /** What else changes its components, the first one first: before tags are looked at and names given. Default: nothing. */
  readonly transforms?: readonly Transform[]
}

/** The options of mounts and imports. */
export const mountOptions: KnownOptions = {
  kinds: {
    prefix: "string",
    separator: "string",
    includeTags: "strings",
    excludeTags: "strings",
    names: "object",
    transforms: "list",
  },
  foreign: {
    namespace: "Use `prefix`.",
    tool_names: "Use `names`.",
    toolNames: "Use `names`.",
    tool_separator: "Use `separator`.",
    tags: "Use `includeTags`.",
  },
}
