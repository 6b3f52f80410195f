import type { CacheHints } from "../../components/component.ts"
import { ResourceNotFound } from "../../errors/server.ts"
import type { Call, Outcome } from "../../protocol/call.ts"
import type { Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import type { ReadResourceResult } from "../../spec/index.ts"
import { type Core, scopeOf } from "../core.ts"
import { throwReported } from "../handler-error.ts"
import type { Resolved, Scope } from "../provider.ts"
import { type HandlerRun, runHandler } from "../run-handler.ts"
import { wireHints } from "./lists.ts"

/** `resources/read`: concrete resources first, then templates in the order of registration. */
export function readResource(core: Core): Method {
  return {
    name: "resources/read",
    nameParam: "uri",
    mayAsk: true,
    isOffered: () => core.offers("resource"),
    check: ({ uri }: Params) => (typeof uri === "string" ? undefined : "`uri` must be a string."),
    async run(call) {
      // `check` let only strings pass.
      const uri = call.params.uri as string
      const scope = scopeOf(call)
      const concrete = await core.catalog.find("resource", uri, scope, call.wantedVersion)
      if (concrete !== undefined) return read(core, call, concrete, uri)
      const matched = await core.catalog.matchTemplate(uri, scope)
      if (matched === undefined) throw await notFound(core, uri, scope)
      return read(core, call, matched.resolved, { uri, variables: matched.variables })
    },
  }
}

interface Readable<Input> {
  readonly component: Resolved<"resource" | "template">["component"]
  readonly invoke: HandlerRun<Input>["invoke"]
}

async function read<Input>(
  core: Core,
  call: Call,
  { component, invoke }: Readable<Input>,
  input: Input,
): Promise<Outcome> {
  const outcome = await runHandler({ core, call, timeout: component.timeout, invoke, input, fail })
  if (outcome.kind !== "complete") return outcome
  const hints = component.cache ?? core.cacheHints["resources/read"]
  // What the handler of a resource returned was made into this.
  const result = withHints(outcome.result as ReadResourceResult, call, hints, component.auth !== undefined)
  return { ...outcome, result }
}

function fail(core: Core, call: Call, error: unknown): never {
  throwReported(core, error, `reading resource '${call.target}'`)
}

/**
 * Adds cache hints; a handler's own win.
 *
 * @see S28/server/utilities/caching
 */
function withHints(
  result: ReadResourceResult,
  call: Call,
  hints: CacheHints | undefined,
  isPrivate: boolean,
): ReadResourceResult {
  // What answers depend on must not be kept: the same request without them would get it too.
  if (call.round > 0) return { ...result, ttlMs: 0, cacheScope: "private" }
  return { ...wireHints(hints, isPrivate), ...result }
}

async function notFound(core: Core, uri: string, scope: Scope): Promise<ResourceNotFound> {
  const entries = await core.catalog.list("resource", scope)
  return new ResourceNotFound(
    uri,
    nearestName(
      uri,
      entries.map(({ component }) => component.id),
    ),
  )
}
