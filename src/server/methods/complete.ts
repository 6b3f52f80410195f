import { isObject, type Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import { isTexts } from "../../shared/is-texts.ts"
import type { Core } from "../core.ts"

/**
 * `completion/complete`: suggests values for the argument of a prompt or the variable of a template. What does it is
 * loaded by the first call.
 *
 * @see S28/server/utilities/completion
 */
export function complete(core: Core): Method {
  return {
    name: "completion/complete",
    isOffered: () => core.capabilities().completions !== undefined,
    check: checkParams,
    run: async (call) => (await import("../complete-argument.ts")).completeArgument(core, call),
  }
}

function checkParams({ ref, argument, context }: Params): string | undefined {
  if (!isObject(ref) || typeof ref.type !== "string") return "`ref` must be an object with a `type`."
  const isGood = isObject(argument) && typeof argument.name === "string" && typeof argument.value === "string"
  if (!isGood) return "`argument` must be an object with the strings `name` and `value`."
  return isContext(context) ? undefined : "`context.arguments` must be an object of strings."
}

function isContext(context: unknown): boolean {
  if (context === undefined) return true
  if (!isObject(context)) return false
  const { arguments: args } = context
  if (args === undefined) return true
  return isObject(args) && isTexts(Object.values(args))
}
