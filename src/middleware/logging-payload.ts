import { isObject } from "../protocol/jsonrpc.ts"
import { escaped } from "../shared/escaped.ts"
import { type Redactor, redacted } from "./logging-redact.ts"
import { shownBytes, wholeUntil } from "./logging-text.ts"

/** How a value is shown. */
export interface PayloadOptions {
  /** The most characters; what is cut off is an ellipsis. */
  readonly most: number
  readonly redactor: Redactor
}

/** How deep values are shown, and how many entries of each. */
const mostLevels = 8
const mostEntries = 100

/** Texts that hold JSON are read as such up to here, so that what is secret in them is found by its name. */
const longestJson = 65_536

/** How much more of a text is looked at than is shown, so that a secret at its end is seen for one. */
const margin = 512

/**
 * Shows a value as JSON on one line: secrets hidden first, then cut. Whatever it is, this neither fails nor takes
 * longer than what is shown is long: cycles, getters that throw, and what JSON cannot say are named instead.
 *
 * @param root What the path of each field begins with.
 */
export function shownPayload(value: unknown, root: string, { most, redactor }: PayloadOptions): string {
  const walk: Walk = { text: "", most, isFull: false, path: [root], above: [], redactor }
  write(walk, value)
  return walk.isFull ? `${walk.text}…` : walk.text
}

/** What a value is written to on the way through it. */
interface Walk {
  text: string
  readonly most: number
  /** Whether something had to be left out: nothing more is written then. */
  isFull: boolean
  readonly path: string[]
  /** The objects that hold what is written. */
  readonly above: object[]
  readonly redactor: Redactor
}

function put(walk: Walk, text: string): void {
  const left = walk.most - walk.text.length
  if (walk.isFull) return
  if (text.length <= left) {
    walk.text += text
    return
  }
  walk.text += text.slice(0, endWithin(text, left))
  walk.isFull = true
}

/** Where to cut JSON text so that neither an escape nor a character is cut in two. */
function endWithin(text: string, most: number): number {
  let at = 0
  while (at < most) {
    const length = text[at] === "\\" ? (text[at + 1] === "u" ? 6 : 2) : 1
    if (at + length > most) return at
    at += length
  }
  return wholeUntil(text, at)
}

function write(walk: Walk, value: unknown): void {
  if (typeof value === "string") writeText(walk, value)
  else if (typeof value === "object" && value !== null) writeObject(walk, value)
  else put(walk, shownPlain(value))
}

function shownPlain(value: unknown): string {
  if (value === undefined || value === null) return "null"
  if (typeof value === "boolean") return String(value)
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`
  // Writing a long one takes quadratic time.
  const isShort = typeof value === "bigint" && value < 2n ** 256n && value > -(2n ** 256n)
  return isShort ? `"${value}"` : `"[${typeof value}]"`
}

function writeText(walk: Walk, text: string): void {
  const within = walk.above.length < mostLevels ? embedded(text) : undefined
  if (within === undefined) {
    const shown = text.slice(0, wholeUntil(text, walk.most - walk.text.length + margin))
    put(walk, quoted(walk.redactor.scrub(shown), shown.length < text.length))
    // Also where so much of it was secret that the rest would fit.
    if (shown.length < text.length) walk.isFull = true
    return
  }
  const inner: Walk = { ...walk, text: "", isFull: false, above: [...walk.above] }
  write(inner, within)
  put(walk, quoted(inner.text, inner.isFull))
  if (inner.isFull) walk.isFull = true
}

/** What is not all of a text has no quote at its end; it is longer than what can be shown. */
function quoted(text: string, isCut: boolean): string {
  const json = JSON.stringify(text).replace(/[^\x20-\x7e]+/g, escaped)
  return isCut ? json.slice(0, -1) : json
}

/** What a text holds that is JSON of an object or a list. */
function embedded(text: string): object | undefined {
  if (text.length > longestJson || !/^\s{0,8}[{[]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    // It only looks so, and is shown as the text that it is.
    return undefined
  }
}

function writeObject(walk: Walk, value: object): void {
  const unseen = reasonNotToShow(walk, value)
  if (unseen !== undefined) {
    put(walk, `"[${unseen}]"`)
    return
  }
  const steps = walk.path.length
  walk.above.push(value)
  try {
    writeContents(walk, value)
  } catch {
    walk.path.length = steps
    // Proxies and `toJSON` may throw whatever they like; what is logged must not fail what it is about.
    put(walk, '"[unreadable]"')
  }
  walk.above.pop()
}

function reasonNotToShow({ above }: Walk, value: object): string | undefined {
  if (above.includes(value)) return "circular"
  return above.length >= mostLevels ? "deeper" : undefined
}

function writeContents(walk: Walk, value: object): void {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    put(walk, `"[${shownBytes(value.byteLength)}]"`)
  else if (value instanceof Error) writeText(walk, `${value.name}: ${value.message}`)
  else if ("toJSON" in value && typeof value.toJSON === "function") write(walk, value.toJSON())
  else if (Array.isArray(value)) writeList(walk, value)
  else writeFields(walk, value)
}

function writeList(walk: Walk, list: readonly unknown[]): void {
  put(walk, "[")
  const shown = Math.min(list.length, mostEntries)
  for (let at = 0; at < shown && !walk.isFull; at++) {
    if (at > 0) put(walk, ",")
    walk.path.push(String(at))
    write(walk, list[at])
    walk.path.pop()
  }
  if (list.length > shown) put(walk, `,"[${list.length - shown} more]"`)
  put(walk, "]")
}

function writeFields(walk: Walk, fields: object): void {
  const names = Object.keys(fields)
  let separator = "{"
  for (const name of names.slice(0, mostEntries)) {
    if (walk.isFull) return
    const value = read(fields, name)
    // `_meta` is the protocol's and the client's own; the rest of JSON leaves out `undefined` too.
    if (name === "_meta" || value === undefined) continue
    put(walk, `${separator}${quoted(name.slice(0, wholeUntil(name, mostName)), name.length > mostName)}`)
    put(walk, name.length > mostName ? '…":' : ":")
    separator = ","
    walk.path.push(name)
    writeField(walk, value, fields)
    walk.path.pop()
  }
  if (names.length > mostEntries) put(walk, `,"…":"${names.length - mostEntries} more"`)
  put(walk, separator === "{" ? "{}" : "}")
}

const mostName = 256

function writeField(walk: Walk, value: unknown, { mimeType }: { readonly mimeType?: unknown }): void {
  const name = walk.path.at(-1)
  const isBinary = name === "blob" || (name === "data" && typeof mimeType === "string")
  if (walk.redactor.hides(walk.path, value)) put(walk, `"${redacted}"`)
  else if (isBinary && typeof value === "string") put(walk, `"[${shownBytes(bytesOfBase64(value))}]"`)
  else write(walk, value)
}

function read(fields: object, name: string): unknown {
  try {
    // Any name that it has.
    return (fields as { readonly [name: string]: unknown })[name]
  } catch {
    return "[unreadable]"
  }
}

function bytesOfBase64(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0
  return Math.max(0, Math.floor((text.length * 3) / 4) - padding)
}

/** What a call says besides what it acts on: the arguments, where there is nothing else. */
export function argumentsOf(params: unknown): unknown {
  if (!isObject(params)) return {}
  const { _meta, name, uri, requestState, ...rest } = params
  const names = Object.keys(rest)
  return names.length === 1 && names[0] === "arguments" ? rest.arguments : rest
}
