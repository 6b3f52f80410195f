import type { Method } from "../../protocol/method.ts"
import type { Core } from "../core.ts"
import { callTool } from "./call-tool.ts"
import { complete } from "./complete.ts"
import { discover } from "./discover.ts"
import { getPrompt } from "./get-prompt.ts"
import { listen } from "./listen.ts"
import { lists } from "./lists.ts"
import { readResource } from "./read-resource.ts"

/** The method table of the core. A plugin's methods are rows of the same type. */
export function coreMethods(core: Core): readonly Method[] {
  return [
    discover(core),
    callTool(core),
    readResource(core),
    getPrompt(core),
    complete(core),
    listen(core),
    ...lists(core),
  ]
}
