import { InvalidContent } from "../errors/components.ts"
import type { MetaObject } from "../spec/index.ts"
import { assertMeta } from "./annotations.ts"
import { assertMediaType } from "./content-data.ts"
import { isUri } from "./name.ts"

/** What contents may say of themselves. */
export interface ResourceContentsOptions {
  /** Where these contents are. Default: the URI that was read. */
  readonly uri?: string
  /** Default: that of `image()`, `audio()` or `file()`; what the resource declares for its own URI; else by the kind of value. */
  readonly mimeType?: string
  /** The `_meta` of the contents. */
  readonly meta?: MetaObject
}

// Under Symbol.for, so that contents made by another copy of this package are known too.
const kContents: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.resource-contents")

/** One of several contents of a resource, made by {@link resourceContents}. */
export interface ResourceContents extends ResourceContentsOptions {
  /** A string, bytes or any JSON value. */
  readonly value: unknown
  /** Marks what {@link resourceContents} made. */
  readonly [kContents]: true
}

/**
 * Makes one of the contents of a resource, with a URI, media type or `_meta` of its own.
 *
 * @param value a string, bytes or any JSON value
 * @param options `uri`, `mimeType` and `meta`. Default: those of the resource.
 * @throws {InvalidMeta} when `meta` has a key that is reserved for the protocol, or what JSON cannot say
 * @throws {InvalidContent} when `uri` is no absolute URI, or `mimeType` no media type
 * @see S28/server/resources#reading-resources
 * @example
 * resource("docs://guide", () => [
 *   resourceContents("# Guide", { mimeType: "text/markdown" }),
 *   resourceContents({ pages: 1 }, { uri: "docs://guide/index" }),
 * ])
 */
export function resourceContents(value: unknown, options: ResourceContentsOptions = {}): ResourceContents {
  const { uri, mimeType, meta } = options
  if (meta !== undefined) assertMeta(meta, "`resourceContents()`")
  if (mimeType !== undefined) assertMediaType("resourceContents", mimeType)
  if (uri !== undefined && !isUri(uri)) {
    const problem = `\`${String(uri).slice(0, 100)}\` is not an absolute URI`
    throw new InvalidContent("resourceContents", problem, 'Write it as `"scheme://path"`, percent-encoded.')
  }
  return Object.freeze({
    value,
    ...(uri === undefined ? undefined : { uri }),
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(meta === undefined ? undefined : { meta }),
    [kContents]: true as const,
  })
}

/** Tells whether a value was made by {@link resourceContents}. */
export function isResourceContents(value: unknown): value is ResourceContents {
  return typeof value === "object" && value !== null && kContents in value
}
