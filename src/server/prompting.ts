import type { Call, Outcome } from "../protocol/call.ts"
import { type Core, scopeOf } from "./core.ts"
import { failMethod } from "./failing.ts"
import { unknownName } from "./methods/unknown-name.ts"
import { runHandler } from "./run-handler.ts"
import { assertScopes } from "./step-up.ts"

/** Gets the prompt that a call names. */
export async function renderPrompt(core: Core, call: Call): Promise<Outcome> {
  // The method's `check` let only strings and objects pass.
  const name = call.params.name as string
  const input = (call.params.arguments ?? {}) as { readonly [name: string]: unknown }
  const found = await core.catalog.find("prompt", name, scopeOf(call))
  if (found === undefined) throw await unknownName(core, call, "prompt")
  const { component, invoke } = found
  assertScopes(core, call, component)
  return runHandler({ core, call, owner: component, invoke, input, fail })
}

const fail = /* @__PURE__ */ failMethod("getting prompt")
