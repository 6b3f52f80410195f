import type { Call, Outcome } from "../protocol/call.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import { type Core, scopeOf } from "./core.ts"
import { failMethod } from "./failing.ts"
import { findReadable } from "./find-readable.ts"
import { unknownName } from "./methods/unknown-name.ts"
import type { Resolved } from "./provider.ts"
import { type HandlerRun, runHandler } from "./run-handler.ts"
import { assertScopes } from "./step-up.ts"
import { wireHints } from "./wire-hints.ts"

/**
 * Reads what a call names. A handler's own cache hints win over the component's and the server's.
 *
 * @see S28/server/utilities/caching
 */
export async function readUri(core: Core, call: Call): Promise<Outcome> {
  // The method's `check` let only strings pass.
  const uri = call.params.uri as string
  const found = await findReadable(core.catalog, uri, scopeOf(call))
  if (found === undefined) throw await unknownName(core, call, "resource")
  if (found.kind === "resource") return read(core, call, { ...found.resolved, input: uri })
  return read(core, call, { ...found.resolved, input: { uri, variables: found.variables } })
}

/** What is read: a resource under its URI, or a template with its variables. */
interface Reading<Input> {
  readonly component: Resolved<"resource" | "template">["component"]
  readonly invoke: HandlerRun<Input>["invoke"]
  readonly input: Input
}

async function read<Input>(core: Core, call: Call, reading: Reading<Input>): Promise<Outcome> {
  const { component, invoke, input } = reading
  assertScopes(core, call, component)
  const outcome = await runHandler({ core, call, owner: component, invoke, input, fail })
  if (outcome.kind !== "complete") return outcome
  // What the handler of a resource returned was made into this.
  const result = outcome.result as ReadResourceResult
  // What answers depend on must not be kept: the same request without them would get it too.
  if (call.round > 0) return { ...outcome, result: { ...result, ttlMs: 0, cacheScope: "private" } }
  const { ttlMs, scope } = component.cache ?? core.cacheHints["resources/read"] ?? {}
  const own = { ttlMs: result.ttlMs ?? ttlMs, scope: result.cacheScope ?? scope }
  return { ...outcome, result: { ...result, ...wireHints(own, component.auth !== undefined) } }
}

const fail = /* @__PURE__ */ failMethod("reading resource")
