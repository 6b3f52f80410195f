import { TooManySubscriptions } from "../errors/subscriptions.ts"
import { anonymousKey } from "../protocol/principal.ts"
import type { Core, Limits } from "./core.ts"

const placesOf: WeakMap<Core, SubscriptionPlaces> = /* @__PURE__ */ new WeakMap()

/** Counts the open subscriptions of a server. */
export function subscriptionPlaces(core: Core): SubscriptionPlaces {
  const places = placesOf.get(core) ?? new SubscriptionPlaces(core.limits)
  placesOf.set(core, places)
  return places
}

class SubscriptionPlaces {
  readonly #limits: Limits
  readonly #open: Map<string, number> = new Map()
  #total = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /**
   * @param key The `Principal.key` of who listens.
   * @throws {TooManySubscriptions}
   */
  enter(key: string): void {
    const own = this.#open.get(key) ?? 0
    const { subscriptions, subscriptionsPerPrincipal } = this.#limits
    if (this.#total >= subscriptions) throw new TooManySubscriptions(subscriptions)
    // Callers without a name are many, not one: only the total bounds them.
    if (key !== anonymousKey && own >= subscriptionsPerPrincipal)
      throw new TooManySubscriptions(subscriptionsPerPrincipal)
    this.#open.set(key, own + 1)
    this.#total++
  }

  leave(key: string): void {
    const own = this.#open.get(key) ?? 1
    if (own === 1) this.#open.delete(key)
    else this.#open.set(key, own - 1)
    this.#total--
  }
}
