import { isObject, type Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import type { Core } from "../core.ts"

/**
 * `subscriptions/listen`: a stream of the changes a client asked to hear of, until it leaves.
 *
 * @see S28/basic/patterns/subscriptions
 */
export function listen(core: Core): Method {
  return {
    name: "subscriptions/listen",
    era: "stateless",
    check: ({ notifications }: Params) =>
      isObject(notifications) ? undefined : "`notifications` must be an object.",
    run: (call) => import("../subscribe.ts").then((subscription) => subscription.listen(core, call)),
  }
}
