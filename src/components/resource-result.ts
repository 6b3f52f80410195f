import { InvalidResult, NotSerializable } from "../errors/components.ts"
import { encodeBase64 } from "../shared/base64.ts"
import type {
  BlobResourceContents,
  ContentBlock,
  MetaObject,
  ReadResourceResult,
  TextResourceContents,
} from "../spec/index.ts"
import { assertMeta } from "./annotations.ts"
import { isContent } from "./content-brand.ts"
import { toJsonValue } from "./json-value.ts"
import { isPlainObject } from "./json-value-convert.ts"
import { problems } from "./json-value-problems.ts"

type WireContents = TextResourceContents | BlobResourceContents

export interface ResourceContentsOptions {
  /** Where these contents are. Default: the URI that was read. */
  readonly uri?: string
  /** Default: what the resource declares, when these are the contents of its own URI; else by the kind of value. */
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
  readonly [kContents]: true
}

/**
 * Makes one of the contents of a resource, with a URI, media type or `_meta` of its own.
 *
 * @param value a string, bytes or any JSON value
 * @throws {InvalidMeta} when `meta` has a key that is reserved for the protocol
 * @see S28/server/resources#reading-resources
 */
export function resourceContents(value: unknown, options: ResourceContentsOptions = {}): ResourceContents {
  if (options.meta !== undefined) assertMeta(options.meta, "`resourceContents()`")
  const { uri, mimeType, meta } = options
  return Object.freeze({
    value,
    ...(uri === undefined ? undefined : { uri }),
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(meta === undefined ? undefined : { meta }),
    [kContents]: true as const,
  })
}

/** What is known of a read before its handler returns. */
export interface ReadOptions {
  /** The URI that was read. */
  readonly uri: string
  /** The media type the resource declares. */
  readonly mimeType: string | undefined
  /** Who returned the value, for messages, such as "resource `config://settings`". */
  readonly subject: string
}

/**
 * Turns what a resource's handler returned into a result: text, bytes, JSON, content made by `text()`, `image()`,
 * `audio()` or `file()`, and one or several {@link resourceContents}. A whole plain result, as the official SDK
 * writes it, counts as such.
 *
 * @throws {InvalidResult} on `undefined`, a link, and malformed plain results
 * @throws {NotSerializable} FLEET-12, where JSON cannot say what is there, or contents are mixed with data
 * @throws {UnawaitedPromise} FLEET-02, where a promise was left in the value
 */
export function toReadResourceResult(value: unknown, options: ReadOptions): ReadResourceResult {
  if (isPlainResult(value)) return fromPlainResult(value, options)
  if (!Array.isArray(value) || !isMarked(value[0])) return { contents: [toContents(value, options)] }
  const odd = value.findIndex((item) => !isMarked(item))
  if (odd !== -1) throw new NotSerializable(options.subject, `result[${odd}]`, problems.dataAmongContents)
  return { contents: value.map((item) => toContents(item, options)) }
}

function isMarked(value: unknown): boolean {
  return isResourceContents(value) || isContent(value)
}

function isResourceContents(value: unknown): value is ResourceContents {
  return typeof value === "object" && value !== null && kContents in value
}

function toContents(value: unknown, options: ReadOptions): WireContents {
  if (isResourceContents(value)) return fromResourceContents(value, options)
  if (isContent(value)) return fromBlock(value, options)
  const { uri, mimeType } = options
  if (typeof value === "string") return { uri, mimeType: mimeType ?? "text/plain", text: value }
  const bytes = toBytes(value)
  if (bytes !== undefined)
    return { uri, mimeType: mimeType ?? "application/octet-stream", blob: encodeBase64(bytes) }
  if (value === undefined) throw nothing(options.subject)
  const text = JSON.stringify(toJsonValue(value, options.subject))
  return { uri, mimeType: mimeType ?? "application/json", text }
}

/** The declared type is that of the resource's own URI; contents of another URI may be anything. */
function fromResourceContents(contents: ResourceContents, options: ReadOptions): WireContents {
  const uri = contents.uri ?? options.uri
  const declared = uri === options.uri ? options.mimeType : undefined
  const wire = toContents(contents.value, { ...options, uri, mimeType: contents.mimeType ?? declared })
  if (contents.meta === undefined) return wire
  return { ...wire, _meta: toJsonValue(contents.meta, options.subject) as MetaObject } // a plain object stays one
}

function fromBlock(block: ContentBlock, { uri, mimeType, subject }: ReadOptions): WireContents {
  switch (block.type) {
    case "text":
      return { uri, mimeType: mimeType ?? "text/plain", text: block.text }
    case "image":
    case "audio":
      return { uri, mimeType: mimeType ?? block.mimeType, blob: block.data }
    case "resource":
      return block.resource
    case "resource_link":
      throw new InvalidResult(
        subject,
        "a link is not contents",
        "Return the contents, or JSON that holds the URI.",
      )
  }
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (!ArrayBuffer.isView(value)) return undefined
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

interface PlainResult {
  readonly contents: readonly unknown[]
}

const resultFields = /* @__PURE__ */ new Set(["contents", "_meta", "resultType", "ttlMs", "cacheScope"])

function isPlainResult(value: unknown): value is PlainResult {
  if (typeof value !== "object" || value === null || !isPlainObject(value)) return false
  const { contents } = value
  if (!Array.isArray(contents) || !Object.keys(value).every((key) => resultFields.has(key))) return false
  return contents.length > 0 && contents.every(isWireContents)
}

function isWireContents(value: unknown): value is WireContents {
  if (typeof value !== "object" || value === null || !("uri" in value) || typeof value.uri !== "string")
    return false
  return (
    ("text" in value && typeof value.text === "string") || ("blob" in value && typeof value.blob === "string")
  )
}

function fromPlainResult(value: PlainResult, { subject }: ReadOptions): ReadResourceResult {
  // Its shape was just seen, and JSON keeps it.
  return toJsonValue(value, subject) as unknown as ReadResourceResult
}

function nothing(subject: string): InvalidResult {
  return new InvalidResult(
    subject,
    "it is `undefined`, and a resource that exists has contents",
    'Return `""` or `null` for an empty one, and throw `ResourceNotFound` for one that does not exist.',
  )
}
