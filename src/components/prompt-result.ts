import type { MetaObject } from "../spec/index.ts"
import { assertMeta } from "./annotations.ts"
import type { ContentInput } from "./result.ts"

/** A message as an author may write it: `content` is text, one block, or several, which become as many messages. */
export interface PromptMessageInput {
  /** Who says it. */
  readonly role: "user" | "assistant"
  /** What is said. */
  readonly content: ContentInput
}

/** What a prompt's handler may return: strings and blocks are messages of the user. */
export type PromptReturn =
  | ContentInput
  | PromptMessageInput
  | readonly (ContentInput | PromptMessageInput)[]
  | PromptResult

/**
 * Makes the messages of a prompt.
 *
 * @see S28/server/prompts#promptmessage
 * @example
 * prompt("debate", () => [message.user("Tabs or spaces?"), message.assistant("Spaces, since")])
 */
export const message: {
  /** Makes a message that the user says. */
  readonly user: (content: ContentInput) => PromptMessageInput
  /** Makes a message that the model says. */
  readonly assistant: (content: ContentInput) => PromptMessageInput
} = {
  user: (content) => ({ role: "user", content }),
  assistant: (content) => ({ role: "assistant", content }),
}

/** What a {@link PromptResult} is made of. */
export interface PromptResultInit {
  /** Strings and blocks are messages of the user. */
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
 * @example
 * prompt("debate", () => new PromptResult({ messages: "Tabs or spaces?", description: "An old question" }))
 */
export class PromptResult {
  static {
    // Here, since declarations cannot say a member whose name is a symbol of this module.
    Object.defineProperty(PromptResult.prototype, kPromptResult, { value: true })
  }

  /** The messages, as they were given. */
  readonly messages: Exclude<PromptReturn, PromptResult>
  /** The description; `undefined` for the prompt's own. */
  readonly description: string | undefined
  /** The `_meta` of the result. */
  readonly meta: MetaObject | undefined

  /** @param init `messages`, and `description` and `meta` of their own. */
  constructor(init: PromptResultInit) {
    if (init.meta !== undefined) assertMeta(init.meta, "a prompt result")
    this.messages = init.messages
    this.description = init.description
    this.meta = init.meta
  }
}

/** Tells whether a value is a {@link PromptResult}, of any copy of this package. */
export function isPromptResult(value: unknown): value is PromptResult {
  return typeof value === "object" && value !== null && kPromptResult in value
}
