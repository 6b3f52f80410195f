import type { FleetError } from "../errors/fleet-error.ts"
import { HandlerFailed } from "../errors/handler-failed.ts"
import { InvalidParams } from "../errors/protocol.ts"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { ToolError } from "../errors/tool.ts"
import { UnknownPrompt } from "../errors/unknown-name.ts"

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

/** All else goes on as it is: a question that waits for its answer, scopes that are missing, what is no answer. */
function isForModel(error: unknown): error is FleetError {
  return (
    error instanceof UnknownPrompt ||
    error instanceof ResourceNotFound ||
    error instanceof InvalidParams ||
    error instanceof HandlerFailed
  )
}
