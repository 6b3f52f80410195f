import { isObject } from "../protocol/jsonrpc.ts"
import { cutText, inString, jsonBytes } from "./response-limit-size.ts"

/** How much room there is, and what is said where something is left out. */
export interface Shortening {
  readonly maxBytes: number
  readonly suffix: string
}

type Block = { readonly [member: string]: unknown }

/**
 * Makes a list of content that fits: texts are cut, what cannot be cut is replaced by a note, and what follows a cut is left
 * out.
 *
 * @param result What has the list.
 * @param place Where the content of an item is: the item itself, or its `content`.
 * @returns `undefined` where not even that fits.
 */
export function shortenContent(
  result: Block,
  { list, place }: { readonly list: "content" | "messages"; readonly place: "item" | "content" },
  { maxBytes, suffix }: Shortening,
): Block | undefined {
  const items = result[list]
  if (!Array.isArray(items)) return undefined
  const wrap = (item: Block, content: Block): Block => (place === "item" ? content : { ...item, content })
  const kept: Block[] = []
  let left = maxBytes - jsonBytes({ ...result, [list]: [] })
  for (const item of items as readonly Block[]) {
    const content: unknown = place === "item" ? item : item?.content
    // Middleware further in may give anything; what is no content cannot be cut.
    if (!isObject(item) || !isObject(content)) return undefined
    const size = jsonBytes(item) + 1
    // What follows must have room to say that it was left out.
    const reserve = jsonBytes(wrap(item, note(suffix))) + 1
    const isLast = kept.length === items.length - 1
    if (size + (isLast ? 0 : reserve) <= left) {
      kept.push(item)
      left -= size
      continue
    }
    if (isText(content)) {
      const empty = jsonBytes(wrap(item, { ...content, text: "" })) + 1
      if (empty + inString(suffix) > left) return undefined
      const text = cutText(content.text, suffix, left - empty)
      // One that has room itself leaves none to what follows, of which nothing else says that it is missing.
      kept.push(wrap(item, { ...content, text: text === content.text ? text + suffix : text }))
      return { ...result, [list]: kept }
    }
    const said = wrap(item, note(describe(content)))
    const saidSize = jsonBytes(said) + 1
    if (saidSize + (isLast ? 0 : reserve) > left) {
      if (reserve > left) return undefined
      kept.push(wrap(item, note(suffix)))
      return { ...result, [list]: kept }
    }
    kept.push(said)
    left -= saidSize
  }
  return { ...result, [list]: kept }
}

/** Media types of which the beginning is worth something without the end. */
const plain = /^text\/(plain|markdown|csv|tab-separated-values|x-log)\s*(;|$)/i

/** Makes the contents of a resource that fit. Only plain texts are cut: half a JSON text is none. */
export function shortenResource(result: Block, { maxBytes, suffix }: Shortening): Block | undefined {
  const { contents } = result
  if (!Array.isArray(contents)) return undefined
  const kept: Block[] = []
  let left = maxBytes - jsonBytes({ ...result, contents: [] })
  for (const each of contents as readonly Block[]) {
    const size = jsonBytes(each) + 1
    if (size <= left) {
      kept.push(each)
      left -= size
      continue
    }
    const { text, mimeType } = each
    const isPlain = mimeType === undefined || (typeof mimeType === "string" && plain.test(mimeType))
    if (typeof text !== "string" || !isPlain) return undefined
    const empty = jsonBytes({ ...each, text: "" }) + 1
    if (empty + inString(suffix) > left) return undefined
    kept.push({ ...each, text: cutText(text, suffix, left - empty) })
    // What follows has no place to say that it is missing but the end of this text.
    return { ...result, contents: kept }
  }
  return { ...result, contents: kept }
}

function isText(content: Block): content is Block & { readonly text: string } {
  return content.type === "text" && typeof content.text === "string"
}

function note(text: string): Block {
  return { type: "text", text }
}

/** Says what was left out. */
function describe(content: Block): string {
  const { type, mimeType, resource, uri } = content
  const inner = isObject(resource) ? resource : content
  const where = inner.uri ?? uri
  const shownUri = typeof where === "string" && where.length <= 200 ? ` ${where}` : ""
  const media = inner.mimeType ?? mimeType
  const shownMedia = typeof media === "string" && media.length <= 100 ? ` (${media})` : ""
  return `[${typeof type === "string" ? type : "content"}${shownUri}${shownMedia} of ${jsonBytes(content)} bytes left out: too large]`
}
