import { isObject, type Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import { type Core, scopeOf } from "../core.ts"
import { failMethod } from "../failing.ts"
import { runHandler } from "../run-handler.ts"
import { assertScopes } from "../step-up.ts"

/** `prompts/get`: finds the prompt and renders its messages. */
export function getPrompt(core: Core): Method {
  return {
    name: "prompts/get",
    nameParam: "name",
    mayAsk: true,
    isOffered: () => core.offers("prompt"),
    check: checkParams,
    async run(call) {
      // `check` let only strings and objects pass.
      const name = call.params.name as string
      const args = (call.params.arguments ?? {}) as { readonly [name: string]: unknown }
      const found = await core.catalog.find("prompt", name, scopeOf(call))
      if (found === undefined) {
        const { unknownName } = await import("./unknown-name.ts")
        throw await unknownName(core, call, "prompt")
      }
      const { component, invoke } = found
      assertScopes(core, call, component)
      return runHandler({ core, call, owner: component, invoke, input: args, fail })
    },
  }
}

const fail = /* @__PURE__ */ failMethod("getting prompt")

function checkParams({ name, arguments: args }: Params): string | undefined {
  if (typeof name !== "string") return "`name` must be a string."
  return args === undefined || isObject(args) ? undefined : "`arguments` must be an object."
}
