import type { FleetError } from "../errors/fleet-error.ts"
import { HandlerFailed } from "../errors/handler-failed.ts"
import { InvalidParams } from "../errors/protocol.ts"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { ToolError } from "../errors/tool.ts"
import { UnknownPrompt, UnknownTool, UnknownVersion } from "../errors/unknown-name.ts"
import type { CallToolResult } from "../spec/index.ts"

/**
 * Waits for what a tool did by another method. What a client would have been told of its failure, the model is: it may
 * have misspelt a name.
 */
export async function toldToModel<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isForModel(error)) throw error
    throw new ToolError(error.message, { cause: error })
  }
}

/** Whether what went wrong is for the model. All else goes on as it is: a question that waits for its answer, scopes that are missing, what is no answer. */
export function isForModel(error: unknown): error is FleetError {
  return (
    error instanceof UnknownPrompt ||
    error instanceof UnknownVersion ||
    error instanceof UnknownTool ||
    error instanceof ResourceNotFound ||
    error instanceof InvalidParams ||
    error instanceof HandlerFailed
  )
}

/** Gives the result of a call as it is, and what a client would have been told of its failure as a result. */
export async function callForModel(work: Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work
  } catch (error) {
    if (!isForModel(error)) throw error
    return { content: [{ type: "text", text: error.message }], isError: true }
  }
}
