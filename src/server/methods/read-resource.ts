import type { Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import type { Core } from "../core.ts"

/**
 * `resources/read`: concrete resources first, then templates in the order of registration. What does it is loaded by the
 * first call.
 *
 * @see S28/server/resources#reading-resources
 */
export function readResource(core: Core): Method {
  return {
    name: "resources/read",
    nameParam: "uri",
    mayAsk: true,
    isOffered: () => core.offers("resource"),
    check: ({ uri }: Params) => (typeof uri === "string" ? undefined : "`uri` must be a string."),
    run: async (call) => (await import("../reading.ts")).readUri(core, call),
  }
}
