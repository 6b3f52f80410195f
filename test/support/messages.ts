import { expect } from "vitest"
import { isErrorCodeAllowed } from "../../src/spec/error-codes.ts"
import { validateMessage } from "../spec/validate.ts"
import { type Fields, revision } from "./rpc.ts"

/** A message that a server sent, parsed. */
export interface Message {
  readonly id?: string | number
  readonly method?: string
  readonly params?: Fields
  readonly result?: Fields
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Fields }
}

/**
 * Parses what a server sent and holds it to the published schema.
 *
 * @param method The request that is answered.
 */
export function readMessage(json: string, method: string): Message {
  // What it is, the validation decides.
  const message = JSON.parse(json) as Message
  expect(problemsOf(message, method), json).toEqual([])
  return message
}

function problemsOf(message: Message, method: string): readonly string[] {
  if (message.method !== undefined) {
    const definition = notifications[message.method] ?? "JSONRPCNotification"
    const asks = message.id === undefined ? [] : ["a server sends no requests"]
    return [...asks, ...validateMessage(revision, definition, message)]
  }
  if (message.error !== undefined) {
    const known = isErrorCodeAllowed(message.error.code, revision) ? [] : ["an error code nobody defined"]
    return [
      ...known,
      ...validateMessage(revision, errors[message.error.code] ?? "JSONRPCErrorResponse", message),
    ]
  }
  const isCore = message.result?.resultType === "complete" || message.result?.resultType === "input_required"
  const definition = isCore ? results[method] : undefined
  return validateMessage(revision, definition ?? "JSONRPCResultResponse", message)
}

const notifications: { readonly [method: string]: string } = {
  "notifications/progress": "ProgressNotification",
  "notifications/message": "LoggingMessageNotification",
  "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
  "notifications/tools/list_changed": "ToolListChangedNotification",
  "notifications/prompts/list_changed": "PromptListChangedNotification",
  "notifications/resources/list_changed": "ResourceListChangedNotification",
  "notifications/resources/updated": "ResourceUpdatedNotification",
}

const errors: { readonly [code: number]: string } = {
  [-32700]: "JSONRPCErrorResponse",
  [-32020]: "HeaderMismatchError",
  [-32021]: "MissingRequiredClientCapabilityError",
  [-32022]: "UnsupportedProtocolVersionError",
}

const results: { readonly [method: string]: string } = {
  "server/discover": "DiscoverResultResponse",
  "tools/list": "ListToolsResultResponse",
  "tools/call": "CallToolResultResponse",
  "resources/list": "ListResourcesResultResponse",
  "resources/templates/list": "ListResourceTemplatesResultResponse",
  "resources/read": "ReadResourceResultResponse",
  "prompts/list": "ListPromptsResultResponse",
  "prompts/get": "GetPromptResultResponse",
  "completion/complete": "CompleteResultResponse",
}
