import { InvalidResult, NotSerializable } from "../errors/components.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { encodeBase64 } from "../shared/base64.ts"
import type {
  BlobResourceContents,
  ContentBlock,
  MetaObject,
  ReadResourceResult,
  TextResourceContents,
} from "../spec/index.ts"
import { isContent } from "./content-brand.ts"
import { toJsonValue } from "./json-value.ts"
import { isPlainObject } from "./json-value-convert.ts"
import { problems } from "./json-value-problems.ts"
import { isResourceContents, type ResourceContents } from "./resource-contents.ts"

type WireContents = TextResourceContents | BlobResourceContents

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
 * `audio()` or `file()`, and one or several `resourceContents()`. Contents are at the URI that was read, unless
 * several files, or `resourceContents()`, say others. A whole plain result, as the official SDK
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
  return {
    contents: value.map((item) => toContents(item, value.length > 1 ? placed(item, options) : options)),
  }
}

/** One file is what was read; of several, each is where it says. */
function placed(value: unknown, options: ReadOptions): ReadOptions {
  return isContent(value) && value.type === "resource" ? { ...options, uri: value.resource.uri } : options
}

function isMarked(value: unknown): boolean {
  return isResourceContents(value) || isContent(value)
}

function toContents(value: unknown, options: ReadOptions): WireContents {
  if (isResourceContents(value)) return fromResourceContents(value, options)
  if (isContent(value)) return withMeta(fromBlock(value, options), value._meta)
  const { uri, mimeType } = options
  if (typeof value === "string") return { uri, mimeType: mimeType ?? "text/plain", text: value }
  const bytes = toBytes(value)
  if (bytes !== undefined)
    return { uri, mimeType: mimeType ?? "application/octet-stream", blob: encodeBase64(bytes) }
  if (value === undefined) throw nothing(options.subject)
  const text = JSON.stringify(toJsonValue(value, options.subject))
  return { uri, mimeType: mimeType ?? "application/json", text }
}

/** The declared type is that of the resource's own URI; contents of another URI may be anything. Said here, it wins. */
function fromResourceContents(contents: ResourceContents, options: ReadOptions): WireContents {
  const uri = contents.uri ?? options.uri
  const declared = uri === options.uri ? options.mimeType : undefined
  const { mimeType = declared, meta } = contents
  const wire = toContents(contents.value, { ...options, uri, mimeType })
  const typed = contents.mimeType === undefined ? wire : { ...wire, mimeType: contents.mimeType }
  // A plain object stays one.
  return withMeta(typed, meta && (toJsonValue(meta, options.subject) as MetaObject))
}

function withMeta(contents: WireContents, meta: MetaObject | undefined): WireContents {
  return meta === undefined ? contents : { ...contents, _meta: meta }
}

function fromBlock(block: ContentBlock, { uri, mimeType, subject }: ReadOptions): WireContents {
  switch (block.type) {
    case "text":
      return { uri, mimeType: mimeType ?? "text/plain", text: block.text }
    case "image":
    case "audio":
      return { uri, mimeType: block.mimeType, blob: block.data }
    case "resource":
      return { ...block.resource, uri }
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
  if (value._meta !== undefined && !isObject(value._meta)) return false
  return contents.length > 0 && contents.every(isWireContents)
}

function isWireContents(value: unknown): value is WireContents {
  if (typeof value !== "object" || value === null || !("uri" in value) || typeof value.uri !== "string")
    return false
  if ("mimeType" in value && value.mimeType !== undefined && typeof value.mimeType !== "string") return false
  if ("_meta" in value && value._meta !== undefined && !isObject(value._meta)) return false
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
