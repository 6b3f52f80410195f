import { FleetError } from "./fleet-error.ts"

/** Speaks to the model: its message becomes the text of the tool's result, whatever is masked otherwise. */
export abstract class ModelError extends FleetError {}

/**
 * Speaks to the model: its message becomes the text of the tool's result, whatever is masked otherwise.
 *
 * @see S28/server/tools#error-handling
 * @example
 * tool({ name: "cancel" }, () => {
 *   throw new ToolError("The order is shipped already and cannot be cancelled.")
 * })
 */
export class ToolError extends ModelError {
  readonly code = "TOOL_ERROR"
}

/** A handler took longer than its time-out. */
export class HandlerTimeout extends FleetError {
  readonly code = "HANDLER_TIMEOUT"
  constructor(name: string, ms: number) {
    super(`\`${name}\` did not finish within ${ms} ms.`, {
      fix: "Give it a longer `timeout`, or pass `ctx.signal` to what it waits for.",
    })
  }
}
