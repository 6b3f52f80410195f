import { InvalidArguments } from "../errors/arguments.ts"
import { InvalidResult } from "../errors/components.ts"
import { describeIssues, type Issue } from "../schema/issue.ts"
import type { GetPromptResult, MetaObject, PromptMessage } from "../spec/index.ts"
import { isContent, isExactContentShape } from "./content-brand.ts"
import { toJsonValue } from "./json-value.ts"
import { isPlainObject } from "./json-value-convert.ts"
import { isPromptResult } from "./prompt-result.ts"
import { toContent } from "./result.ts"

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

/** @throws {InvalidArguments} */
export function refuseArguments(subject: string, issues: readonly Issue[]): never {
  throw new InvalidArguments(subject, describeIssues(issues), issues)
}
