import type { Call, Outcome } from "../../protocol/call.ts"
import { isObject, type Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import type { MaybePromise } from "../../shared/maybe-promise.ts"
import { type Core, scopeOf } from "../core.ts"
import { failTool } from "../failing.ts"
import { givenTool } from "../invoker.ts"
import type { Resolved } from "../provider.ts"
import { runHandler } from "../run-handler.ts"
import { seen } from "../snapshot.ts"
import { assertScopes } from "../step-up.ts"

/** `tools/call`: finds the tool, runs it, and makes a result even of what went wrong. */
export function callTool(core: Core): Method {
  return {
    name: "tools/call",
    nameParam: "name",
    mayAsk: true,
    isOffered: () => core.offers("tool"),
    check: checkNamed,
    run(call) {
      // `check` let only strings pass.
      const name = call.params.name as string
      const scope = scopeOf(call)
      const given = call.get(givenTool)
      const found = given ? seen(given, scope) : core.catalog.find("tool", name, scope)
      return found instanceof Promise
        ? found.then((tool) => runTool(core, call, tool))
        : runTool(core, call, found)
    },
  }
}

function runTool(core: Core, call: Call, found: Resolved<"tool"> | undefined): MaybePromise<Outcome> {
  if (found === undefined) return unknownTool(core, call)
  const { component, invoke } = found
  assertScopes(core, call, component)
  if (component.headerParams.length > 0 && !call.isInside)
    call.exchange.checkHeaderParams(component.headerParams)
  const input = call.params.arguments ?? {}
  return runHandler({ core, call, owner: component, invoke, input, fail: failTool })
}

async function unknownTool(core: Core, call: Call): Promise<Outcome> {
  const { unknownName } = await import("./unknown-name.ts")
  throw await unknownName(core, call, "tool")
}

/** Checks the parameters of a call of something by its name. */
export function checkNamed({ name, arguments: args }: Params): string | undefined {
  if (typeof name !== "string") return "`name` must be a string."
  return args === undefined || isObject(args) ? undefined : "`arguments` must be an object."
}
