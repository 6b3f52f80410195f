import { InvalidContent } from "../errors/components.ts"
import { encodeBase64 } from "../shared/base64.ts"
import { fromUtf8 } from "../shared/utf8.ts"
import type {
  Annotations,
  AudioContent,
  EmbeddedResource,
  Icon,
  ImageContent,
  MetaObject,
  ResourceLink,
  TextContent,
} from "../spec/index.ts"
import { assertMeta, toAnnotations } from "./annotations.ts"
import { markContent } from "./content-brand.ts"
import { assertMatches, assertMediaType, type BinaryData, toBytes, toMedia } from "./content-data.ts"
import { isTextType, mediaTypeOfPath } from "./content-extension.ts"
import { isMediaTypeOf, SNIFF_LENGTH, sniffMediaType } from "./content-media.ts"
import { normalizeIcons } from "./icon-list.ts"
import { isUri, nameFromUri } from "./name.ts"

/** What every content block may be given. */
export interface ContentOptions {
  /** For whom it is, how important, and how old. */
  readonly annotations?: Annotations
  /** The `_meta` of the block. */
  readonly meta?: MetaObject
}

/**
 * Makes a text block, where a plain string would say too little.
 *
 * @param content The text.
 * @param options `annotations` and `meta`. Default: neither.
 * @throws {InvalidContent} It is no string.
 * @throws {InvalidAnnotations} An annotation is unknown or out of bounds.
 * @throws {InvalidMeta} `meta` has a key that is reserved for the protocol.
 * @see S28/server/tools#text-content
 * @example
 * text("Only for the model.", { annotations: { audience: ["assistant"] } })
 */
export function text(content: string, options: ContentOptions = {}): TextContent {
  if (typeof content !== "string") {
    const fix = "Pass a string; other values as `JSON.stringify(value)`."
    throw new InvalidContent("text", `it was given a value of type \`${typeof content}\``, fix)
  }
  return markContent({ type: "text", text: content, ...commonFields("text", options) })
}

/** What an image or sound may be given. */
export interface MediaOptions extends ContentOptions {
  /** Default: told by the first bytes. */
  readonly mimeType?: string
}

/**
 * Makes an image block.
 *
 * @param data bytes, base64 text, or a base64 `data:` URI
 * @param options `mimeType`, `annotations` and `meta`. Default: the type that the first bytes tell.
 * @throws {InvalidContent} when the bytes are none, of another type than declared, or of none that is known
 * @see S28/server/tools#image-content
 * @example
 * tool({ name: "chart" }, async () => image(await readFile("chart.png")))
 */
export function image(data: BinaryData, options: MediaOptions = {}): ImageContent {
  return markContent({
    type: "image",
    ...toMedia("image", data, options.mimeType),
    ...commonFields("image", options),
  })
}

/**
 * Makes an audio block.
 *
 * @param data bytes, base64 text, or a base64 `data:` URI
 * @param options `mimeType`, `annotations` and `meta`. Default: the type that the first bytes tell.
 * @throws {InvalidContent} when the bytes are none, of another type than declared, or of none that is known
 * @see S28/server/tools#audio-content
 * @example
 * tool({ name: "speak" }, async () => audio(await readFile("hello.wav")))
 */
export function audio(data: BinaryData, options: MediaOptions = {}): AudioContent {
  return markContent({
    type: "audio",
    ...toMedia("audio", data, options.mimeType),
    ...commonFields("audio", options),
  })
}

/** What a file may be given; `name` or `uri` is needed. */
export interface FileOptions extends ContentOptions {
  /** What the file is called: its URI is then `file:///name`. Give this or `uri`. */
  readonly name?: string
  /** Where the file is. Give this or `name`. */
  readonly uri?: string
  /** Default: told by the first bytes, else by the extension, else `text/plain` or `application/octet-stream`. */
  readonly mimeType?: string
  /** What a string is: the text of the file, or base64 of its bytes. Default `"text"`. */
  readonly encoding?: "text" | "base64"
}

/**
 * Makes a block that holds a whole file. Text stays text: a string, and UTF-8 bytes of a text type.
 *
 * @param data text, bytes, or with `encoding: "base64"` their base64 text
 * @param options `name` or `uri`, and `mimeType`, `encoding`, `annotations` and `meta`.
 * @throws {InvalidContent} when it has neither `name` nor `uri`, or `mimeType` contradicts the bytes
 * @see S28/server/tools#embedded-resources
 * @example
 * tool({ name: "export" }, () => file("id,name\n7,Ada\n", { name: "users.csv" }))
 */
export function file(data: BinaryData, options: FileOptions): EmbeddedResource {
  const uri = fileUri(options)
  const contents = typeof data === "string" && options.encoding !== "base64" ? data : toBytes("file", data)
  const mimeType = fileMediaType(contents, uri, options.mimeType)
  const decoded = typeof contents === "string" ? contents : decodeText(contents, mimeType)
  const resource =
    decoded === undefined
      ? { uri, mimeType, blob: typeof data === "string" ? data : encodeBase64(toBytes("file", data)) }
      : { uri, mimeType, text: decoded }
  return markContent({ type: "resource", resource, ...commonFields("file", options) })
}

/** What a link may say of the resource it points to. */
export interface LinkOptions extends ContentOptions {
  /** Default: the last segment of the URI. */
  readonly name?: string
  /** The name people read. Default: none. */
  readonly title?: string
  /** What it holds, for the model. Default: none. */
  readonly description?: string
  /** Its media type, if known. */
  readonly mimeType?: string
  /** In bytes. */
  readonly size?: number
  /** `https:` URLs, or what `icon()` makes. Default: none. */
  readonly icons?: string | URL | Icon | readonly (string | URL | Icon)[]
}

/**
 * Makes a block that points to a resource, which the client can read on its own.
 *
 * @param uri an absolute URI
 * @param options What is known of the resource. Default: its `name` from the URI.
 * @throws {InvalidContent} when `uri` is no absolute URI, or a field is out of bounds
 * @throws {InvalidIcon} FLEET-24
 * @see S28/server/tools#resource-links
 * @example
 * tool({ name: "latest" }, () => link("reports://2026/07", { title: "July", mimeType: "text/markdown" }))
 */
export function link(uri: string | URL, options: LinkOptions = {}): ResourceLink {
  const href = checkUri("link", String(uri))
  const { name = nameFromUri(href), title, description, mimeType, size, icons } = options
  if (mimeType !== undefined) assertMediaType("link", mimeType)
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw new InvalidContent(
      "link",
      `\`size\` is \`${String(size)}\``,
      "Give the number of bytes, or leave it out.",
    )
  }
  return markContent({
    type: "resource_link",
    uri: href,
    name,
    ...(title === undefined ? undefined : { title }),
    ...(description === undefined ? undefined : { description }),
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(size === undefined ? undefined : { size }),
    ...(icons === undefined ? undefined : { icons: normalizeIcons(icons) }),
    ...commonFields("link", options),
  })
}

function commonFields(
  helper: string,
  { annotations, meta }: ContentOptions,
): { annotations?: Annotations; _meta?: MetaObject } {
  if (meta !== undefined) assertMeta(meta, `\`${helper}()\``)
  return {
    ...(annotations === undefined
      ? undefined
      : { annotations: toAnnotations(annotations, `\`${helper}()\``) }),
    ...(meta === undefined ? undefined : { _meta: meta }),
  }
}

function fileUri({ uri, name }: FileOptions): string {
  if (uri !== undefined) return checkUri("file", uri)
  if (name !== undefined && /[\ud800-\udfff]/u.test(name)) {
    throw new InvalidContent("file", "half a character stands in its `name`", "Cut texts between characters.")
  }
  if (name !== undefined && name !== "") return `file:///${name.split("/").map(encodeURIComponent).join("/")}`
  throw new InvalidContent(
    "file",
    "it has neither `name` nor `uri`",
    'Give one: `file(data, { name: "report.pdf" })`.',
  )
}

function checkUri(helper: string, uri: string): string {
  if (isUri(uri) && !/^(?:java|vb)script:/i.test(uri)) return uri
  throw new InvalidContent(
    helper,
    `\`${uri.slice(0, 100)}\` is not an absolute URI`,
    'Write it as `"scheme://path"`, percent-encoded.',
  )
}

function fileMediaType(contents: string | Uint8Array, uri: string, declared: string | undefined): string {
  if (declared !== undefined) {
    assertMediaType("file", declared)
    if (typeof contents !== "string") assertMatches("file", declared, contents.subarray(0, SNIFF_LENGTH))
    return declared
  }
  const byName = mediaTypeOfPath(uri)
  if (typeof contents === "string") return byName ?? "text/plain"
  // A name may say more than the bytes (a .docx is a zip), if they do not contradict it.
  if (byName !== undefined && isMediaTypeOf(byName, contents)) return byName
  return sniffMediaType(contents) ?? "application/octet-stream"
}

function decodeText(bytes: Uint8Array, mimeType: string): string | undefined {
  // Text in another encoding: the bytes are sent as they are.
  return isTextType(mimeType) ? fromUtf8(bytes) : undefined
}
