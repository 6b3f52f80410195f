import { atExpiry } from "../protocol/at-expiry.ts"
import { type Call, complete, type Outcome } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import { principalKey } from "../protocol/principal.ts"
import { metaKeys } from "../spec/meta.ts"
import type { Core } from "./core.ts"
import { isInAudience } from "./event-listener.ts"
import type { ChangeEvent } from "./events.ts"
import { listenFilters } from "./listen-filters.ts"
import type { ListenFilter } from "./plugin-contract.ts"
import { subscriptionPlaces } from "./subscription-places.ts"
import { watchResource } from "./watched-resources.ts"

/**
 * Tells a client of the changes it asked to hear of. Resolves when it leaves, or the server closes.
 *
 * @throws {TooManySubscriptions}
 */
export async function listen(core: Core, call: Call): Promise<Outcome> {
  const key = principalKey(call.peer.principal)
  const places = subscriptionPlaces(core)
  places.enter(key)
  core.running.subscriptions++
  try {
    return await subscribe(core, call)
  } finally {
    // Also where a filter throws.
    places.leave(key)
    core.running.subscriptions--
  }
}

async function subscribe(core: Core, call: Call): Promise<Outcome> {
  const honored = honor(core, call)
  const meta = { [metaKeys.subscriptionId]: call.id }
  const notify = (method: string, params: Params) =>
    call.exchange.notify(method, { ...params, _meta: { ...(params._meta as object | undefined), ...meta } })
  notify("notifications/subscriptions/acknowledged", {
    notifications: Object.fromEntries(honored.map(({ field, value }) => [field, value])),
  })
  return new Promise((resolve) => {
    const unsubscribe = core.bus.subscribe((event) => {
      passes(honored, event, call)
        .then((isWanted) => isWanted && notify(event.method, event.params ?? {}))
        .catch((error) =>
          core.log({ level: "error", message: "A change could not be told to a subscriber", error }),
        )
    })
    const watched = honored
      .filter(({ field }) => field === "resourceSubscriptions")
      // `honor` gives lists of strings.
      .flatMap(({ value }) => (value as readonly string[]).map((uri) => watchResource(core, uri, call)))
    const stopAtExpiry = atExpiry(call.peer.principal, end)
    function end(): void {
      stopAtExpiry()
      for (const stop of watched) stop()
      core.onClose.delete(end)
      // S28/basic/patterns/subscriptions#graceful-closure: an empty result, tagged like all else.
      resolve(complete({ _meta: meta }))
      try {
        unsubscribe()
      } catch (error) {
        core.log({ level: "error", message: "The event bus failed to end a subscription", error })
      }
    }
    core.onClose.add(end)
    const { signal } = call.exchange
    // A client that left before the stream began, and a shutdown that began before, would never be heard of.
    if (signal.aborted || core.running.isClosed) end()
    else signal.addEventListener("abort", end, { once: true })
  })
}

interface Honored {
  readonly field: string
  readonly value: unknown
  readonly filter: ListenFilter
}

function honor(core: Core, call: Call): readonly Honored[] {
  const wanted = call.params.notifications as { readonly [field: string]: unknown }
  const honored: Honored[] = []
  for (const [field, filter] of listenFilters(core)) {
    const value = wanted[field] === undefined ? undefined : filter.honor(wanted[field], call)
    if (value !== undefined) honored.push({ field, value, filter })
  }
  return honored
}

async function passes(honored: readonly Honored[], event: ChangeEvent, call: Call): Promise<boolean> {
  const { principal } = call.peer
  const entry = honored.find(({ field }) => field === event.topic)
  if (entry === undefined || !isInAudience(event, { principal })) return false
  return entry.filter.passes(event, entry.value, principal)
}
