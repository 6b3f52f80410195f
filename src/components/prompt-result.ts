import { InvalidResult } from "../errors/components.ts"
import type { GetPromptResult, MetaObject, PromptMessage } from "../spec/index.ts"
import { assertMeta } from "./annotations.ts"
import { isContent, isExactContentShape } from "./content-brand.ts"
import { toJsonValue } from "./json-value.ts"
import { isPlainObject } from "./json-value-convert.ts"
import { type ContentInput, toContent } from "./result.ts"

/** A message as an author may write it: `content` is text, one block, or several, which become as many messages. */
export interface PromptMessageInput {
  readonly role: "user" | "assistant"
  readonly content: ContentInput
}

/** What a prompt's handler may return: strings and blocks are messages of the user. */
export type PromptReturn =
  | ContentInput
  | PromptMessageInput
  | readonly (ContentInput | PromptMessageInput)[]
  | PromptResult

/** Makes the messages of a prompt. */
export const message: {
  /** Makes a message that the user says. */
  readonly user: (content: ContentInput) => PromptMessageInput
  /** Makes a message that the model says. */
  readonly assistant: (content: ContentInput) => PromptMessageInput
} = {
  user: (content) => ({ role: "user", content }),
  assistant: (content) => ({ role: "assistant", content }),
}

export interface PromptResultInit {
  readonly messages: Exclude<PromptReturn, PromptResult>
  /** Default: the description of the prompt. */
  readonly description?: string
  /** The `_meta` of the result. */
  readonly meta?: MetaObject
}

// Under Symbol.for, so that a result made by another copy of this package is known too.
const kPromptResult: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.prompt-result")

/**
 * Gives a prompt's messages with a description or `_meta` of their own.
 *
 * @throws {InvalidMeta} when `meta` has a key that is reserved for the protocol
 * @see S28/server/prompts#promptmessage
 */
export class PromptResult {
  static {
    // Here, since declarations cannot say a member whose name is a symbol of this module.
    Object.defineProperty(PromptResult.prototype, kPromptResult, { value: true })
  }

  readonly messages: Exclude<PromptReturn, PromptResult>
  readonly description: string | undefined
  readonly meta: MetaObject | undefined

  constructor(init: PromptResultInit) {
    if (init.meta !== undefined) assertMeta(init.meta, "a prompt result")
    this.messages = init.messages
    this.description = init.description
    this.meta = init.meta
  }
}

export interface PromptResultOptions {
  /** The description of the prompt. */
  readonly description?: string | undefined
  /** Who returned the value, for messages, such as "prompt `review`". */
  readonly subject: string
}

/**
 * Turns what a prompt's handler returned into a result. A whole plain result, as the official SDK writes it, counts
 * as such.
 *
 * @throws {InvalidResult} on anything but strings, content blocks and messages of `user` or `assistant`
 */
export function toGetPromptResult(value: unknown, options: PromptResultOptions): GetPromptResult {
  const { subject } = options
  const { messages, description = options.description, meta } = toParts(value)
  return {
    messages: toMessages(messages, subject),
    ...(description === undefined ? undefined : { description }),
    ...(meta === undefined ? undefined : { _meta: toJsonValue(meta, subject) as MetaObject }), // an object stays one
  }
}

interface Parts {
  readonly messages: unknown
  readonly description?: string | undefined
  readonly meta?: MetaObject | undefined
}

function toParts(value: unknown): Parts {
  if (isPromptResult(value)) return value
  if (isPlainResult(value))
    return { messages: value.messages, description: value.description, meta: value._meta }
  return { messages: value }
}

function toMessages(value: unknown, subject: string): readonly PromptMessage[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.flatMap((item) => toMessageList(item, subject))
}

function toMessageList(item: unknown, subject: string): readonly PromptMessage[] {
  if (typeof item === "string" || isContent(item) || isExactContentShape(item))
    return say("user", item, subject)
  if (typeof item !== "object" || item === null || !("role" in item) || !("content" in item)) {
    throw unusable(item, subject)
  }
  if (item.role === "user" || item.role === "assistant") return say(item.role, item.content, subject)
  const problem = `a message has the role \`${String(item.role).slice(0, 60)}\``
  throw new InvalidResult(
    subject,
    problem,
    "Use `user` or `assistant`; instructions go in a message of the user.",
  )
}

function say(role: "user" | "assistant", content: unknown, subject: string): readonly PromptMessage[] {
  return toContent(content, subject).map((block) => ({ role, content: block }))
}

function unusable(item: unknown, subject: string): InvalidResult {
  const kind = item === null ? "null" : Array.isArray(item) ? "array" : typeof item
  const fix =
    'Return a string, content blocks, `message.user("…")` or a list of these; data as `JSON.stringify(data)`.'
  return new InvalidResult(subject, `a value of type \`${kind}\` is not a message`, fix)
}

function isPromptResult(value: unknown): value is PromptResult {
  return typeof value === "object" && value !== null && kPromptResult in value
}

interface PlainResult {
  readonly messages: readonly unknown[]
  readonly description?: string | undefined
  readonly _meta?: MetaObject | undefined
}

function isPlainResult(value: unknown): value is PlainResult {
  if (typeof value !== "object" || value === null || !isPlainObject(value) || "role" in value) return false
  if (!Array.isArray(value.messages)) return false
  if (value.description !== undefined && typeof value.description !== "string") return false
  return value._meta === undefined || (typeof value._meta === "object" && value._meta !== null)
}
