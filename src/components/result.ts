import { InvalidResult, NotSerializable } from "../errors/components.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { CallToolResult, ContentBlock, MetaObject } from "../spec/index.ts"
import { assertMeta } from "./annotations.ts"
import { hasContentShape, isContent, isExactContentShape } from "./content-brand.ts"
import { toJsonValue } from "./json-value.ts"
import { isPlainObject } from "./json-value-convert.ts"
import { problems } from "./json-value-problems.ts"

/** What may stand for the content of a result: a string is a text block. */
export type ContentInput = string | ContentBlock | readonly (string | ContentBlock)[]

/** What a {@link ToolResult} is made of. */
export interface ToolResultInit<Structured> {
  /** What the model reads. Default: `structuredContent` as JSON text, or nothing. */
  readonly content?: ContentInput
  /** What programs read: any JSON value. */
  readonly structuredContent?: Structured
  /** Tells the model that the call failed. Default `false`. */
  readonly isError?: boolean
  /** The `_meta` of the result. */
  readonly meta?: MetaObject
}

// Under Symbol.for, so that a result made by another copy of this package is known too.
const kToolResult: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.tool-result")

/**
 * Says every part of a tool's result itself, where a plain return value would not do.
 *
 * @throws {InvalidMeta} when `meta` has a key that is reserved for the protocol
 * @see S28/server/tools#tool-result
 * @example
 * tool({ name: "count" }, () => new ToolResult({ content: "Three.", structuredContent: { count: 3 } }))
 */
export class ToolResult<Structured = undefined> {
  static {
    // Here, since declarations cannot say a member whose name is a symbol of this module.
    Object.defineProperty(ToolResult.prototype, kToolResult, { value: true })
  }

  /** What the model reads. */
  readonly content: ContentInput | undefined
  /** What programs read. */
  readonly structuredContent: Structured | undefined
  /** Whether the call failed. */
  readonly isError: boolean
  /** The `_meta` of the result. */
  readonly meta: MetaObject | undefined

  /** @param init Any of `content`, `structuredContent`, `isError` and `meta`. */
  constructor(init: ToolResultInit<Structured>) {
    if (init.meta !== undefined) assertMeta(init.meta, "a tool result")
    this.content = init.content
    this.structuredContent = init.structuredContent
    this.isError = init.isError ?? false
    this.meta = init.meta
  }
}

/** Tells whether a value is a {@link ToolResult}, of this copy of the package or another. */
export function isToolResult(value: unknown): value is ToolResult<unknown> {
  return typeof value === "object" && value !== null && kToolResult in value
}

/** What is known of a tool when it is registered; one object serves all its calls. */
export interface ToolResultOptions {
  /** Who returned the value, for messages, such as "tool `add`". */
  readonly subject: string
  /** Whether the tool declares an output schema: then strings and block-shaped objects are data too. Default `false`. */
  readonly hasOutput?: boolean
  /** Gives the text or blocks beside structured content. Default: the JSON text of the value. */
  render?(value: unknown): ContentInput
}

/**
 * Turns what a tool's handler returned into a result: a string is text, `undefined` is empty, content blocks are
 * content, a {@link ToolResult} is itself, and all other JSON is structured content with its text. Block-shaped
 * plain objects and whole plain results, as the official SDK writes them, count as such where no output is declared.
 *
 * @throws {NotSerializable} FLEET-12, where JSON cannot say what is there, or content is mixed with data
 * @throws {UnawaitedPromise} FLEET-02, where a promise was left in the value
 * @throws {InvalidResult} when `render` gave something that is not content
 */
export function toCallToolResult(value: unknown, options: ToolResultOptions): CallToolResult {
  if (typeof value === "object" && value !== null) return fromObject(value, options)
  if (value === undefined) return { content: [] }
  // A string that is rendered is data: what programs get must not depend on how models read it.
  const isText = typeof value === "string" && options.hasOutput !== true && options.render === undefined
  return isText ? { content: [textBlock(value)] } : fromData(value, options)
}

function fromObject(value: object, options: ToolResultOptions): CallToolResult {
  if (Array.isArray(value)) return fromArray(value, options)
  if (!isPlainObject(value)) {
    if (isToolResult(value)) return fromToolResult(value, options.subject)
    if (isContent(value)) return { content: [value] }
    return fromData(value, options)
  }
  if (options.hasOutput !== true) {
    if (isResultShape(value)) return fromPlainResult(value, options.subject)
    if (isExactContentShape(value)) return { content: toContent(value, options.subject) }
  }
  return fromData(value, options)
}

function fromArray(items: readonly unknown[], options: ToolResultOptions): CallToolResult {
  const marked = isContent(items[0])
  if (!marked && (options.hasOutput === true || !startsAsContent(items))) return fromData(items, options)
  const odd = items.findIndex((item) => !isBlock(item))
  if (odd === -1) return { content: toContent(items, options.subject) }
  // Nothing but words among blocks can only be meant as content; blocks among other data may be rows of it.
  if (marked || items.every((item) => typeof item === "string" || isBlock(item)))
    throw new NotSerializable(options.subject, `result[${odd}]`, problems.data)
  return fromData(items, options)
}

function isBlock(value: unknown): boolean {
  return isContent(value) || isExactContentShape(value)
}

/** Whether a plain block is the first after words, if any. */
function startsAsContent(items: readonly unknown[]): boolean {
  const first = items.find((item) => typeof item !== "string")
  return isExactContentShape(first) && !isContent(first)
}

/** Structured content and its text: clients of older revisions, and most models, read only the text. */
function fromData(value: unknown, options: ToolResultOptions): CallToolResult {
  const json = toJsonValue(value, options.subject)
  const content = options.render === undefined ? [textBlock(JSON.stringify(json))] : render(value, options)
  return { content, structuredContent: json }
}

function fromToolResult(result: ToolResult<unknown>, subject: string): CallToolResult {
  const structuredContent =
    result.structuredContent === undefined ? undefined : toJsonValue(result.structuredContent, subject)
  const text = structuredContent === undefined ? [] : [textBlock(JSON.stringify(structuredContent))]
  return {
    content: result.content === undefined ? text : toContent(result.content, subject),
    ...(structuredContent === undefined ? undefined : { structuredContent }),
    ...(result.isError ? { isError: true } : undefined),
    ...(result.meta === undefined ? undefined : { _meta: toMeta(result.meta, subject) }),
  }
}

const resultFields = /* @__PURE__ */ new Set([
  "content",
  "structuredContent",
  "isError",
  "_meta",
  "resultType",
])

/** Tells whether a plain object is a whole result; one that has nothing but an empty `content` may be anything. */
function isResultShape(value: { readonly [key: string]: unknown }): value is CallToolResult & typeof value {
  const { content } = value
  if (!Array.isArray(content) || !content.every(hasContentShape)) return false
  const keys = Object.keys(value)
  return keys.every((key) => resultFields.has(key)) && (content.length > 0 || keys.length > 1)
}

function fromPlainResult(result: CallToolResult, subject: string): CallToolResult {
  const { structuredContent, _meta, isError, resultType } = result
  assertField(isError === undefined || typeof isError === "boolean", "isError", subject)
  assertField(_meta === undefined || isObject(_meta), "_meta", subject)
  assertField(resultType === undefined || resultType === "complete", "resultType", subject)
  return {
    ...result,
    content: toContent(result.content, subject),
    ...(structuredContent === undefined
      ? undefined
      : { structuredContent: toJsonValue(structuredContent, subject) }),
    ...(_meta === undefined ? undefined : { _meta: toMeta(_meta, subject) }),
  }
}

function assertField(fits: boolean, field: string, subject: string): void {
  if (fits) return
  const problem = `its \`${field}\` is not what the specification says`
  throw new InvalidResult(subject, problem, "Use `new ToolResult({ … })`, which has types.")
}

function render(value: unknown, options: ToolResultOptions): readonly ContentBlock[] {
  return toContent(options.render?.(value), options.subject)
}

/**
 * Turns strings and blocks into a list of blocks.
 *
 * @throws {InvalidResult} when something in it is neither
 */
export function toContent(input: unknown, subject: string): readonly ContentBlock[] {
  if (typeof input === "string") return [textBlock(input)]
  const items: readonly unknown[] = Array.isArray(input) ? input : [input]
  return items.map((item) => toBlock(item, subject))
}

function toBlock(item: unknown, subject: string): ContentBlock {
  if (typeof item === "string") return textBlock(item)
  if (isContent(item)) return item
  if (hasContentShape(item)) {
    // Converting to JSON keeps the shape that was just seen.
    return toJsonValue(item, subject) as unknown as ContentBlock
  }
  const kind = Array.isArray(item) ? "array" : typeof item
  throw new InvalidResult(
    subject,
    `its content holds a value of type \`${kind}\` that is not a content block`,
    "Use a string, `text()`, `image()`, `audio()`, `file()` or `link()`.",
  )
}

function toMeta(meta: MetaObject, subject: string): MetaObject {
  // A plain object stays an object in JSON.
  return toJsonValue(meta, subject) as MetaObject
}

function textBlock(text: string): ContentBlock {
  return { type: "text", text }
}
