import { complete } from "../../protocol/call.ts"
import type { Method } from "../../protocol/method.ts"
import { andThen } from "../../shared/maybe-promise.ts"
import { type CacheableMethod, type Core, scopeOf } from "../core.ts"
import type { ListShape, Page } from "../lister.ts"

/** `tools/list`, `prompts/list`, `resources/list` and `resources/templates/list`: one method, four shapes. */
export function lists(core: Core): readonly Method[] {
  return [
    list(core, "tools/list", { kind: "tool", field: "tools" }),
    list(core, "prompts/list", { kind: "prompt", field: "prompts" }),
    list(core, "resources/list", { kind: "resource", field: "resources" }),
    list(core, "resources/templates/list", { kind: "template", field: "resourceTemplates" }),
  ]
}

function list(core: Core, name: CacheableMethod, { kind, field }: Pick<ListShape, "kind" | "field">): Method {
  const shape: ListShape = { kind, field, hints: core.cacheHints[name] }
  return {
    name,
    isOffered: () => core.offers(kind),
    run(call) {
      const page = andThen(core.lister(), (lister) => lister.page(shape, scopeOf(call), call.params.cursor))
      return andThen(page, toOutcome)
    },
  }
}

function toOutcome(page: Page) {
  return complete(page.result, page)
}
