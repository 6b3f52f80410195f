import { TooManySubscriptions } from "../../errors/server.ts"
import type { Call, Outcome } from "../../protocol/call.ts"
import { isObject, type Params } from "../../protocol/jsonrpc.ts"
import type { Method } from "../../protocol/method.ts"
import { anonymousKey, principalKey } from "../../protocol/principal.ts"
import type { Core } from "../core.ts"

/**
 * `subscriptions/listen`: a stream of the changes a client asked to hear of, until it leaves.
 *
 * @see S28/basic/patterns/subscriptions
 */
export function listen(core: Core): Method {
  const open = new Map<string, number>()
  let total = 0

  function enter(key: string): void {
    const own = open.get(key) ?? 0
    const { subscriptions, subscriptionsPerPrincipal } = core.limits
    if (total >= subscriptions) throw new TooManySubscriptions(subscriptions)
    // Callers without a name are many, not one: only the total bounds them.
    if (key !== anonymousKey && own >= subscriptionsPerPrincipal)
      throw new TooManySubscriptions(subscriptionsPerPrincipal)
    open.set(key, own + 1)
    total++
  }

  function leave(key: string): void {
    const own = open.get(key) ?? 1
    if (own === 1) open.delete(key)
    else open.set(key, own - 1)
    total--
  }

  return {
    name: "subscriptions/listen",
    era: "stateless",
    check: ({ notifications }: Params) =>
      isObject(notifications) ? undefined : "`notifications` must be an object.",
    run(call) {
      const key = principalKey(call.peer.principal)
      enter(key)
      return subscribe(core, call).finally(() => leave(key))
    },
  }
}

// Async, so that a filter that throws gives back the place that was taken for it.
async function subscribe(core: Core, call: Call): Promise<Outcome> {
  const subscription = await import("../subscribe.ts")
  return subscription.subscribe(core, call)
}
