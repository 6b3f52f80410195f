import type { Principal } from "../protocol/principal.ts"
import type { Authenticator, Refusal } from "../server/authenticator.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { NodeChannel } from "./node-channel.ts"
import { urlOf } from "./node-route.ts"

/** Asks an authenticator about a request of `node:http`. What few of them look at is made when they do. */
export function authenticate(
  channel: NodeChannel,
  authenticator: Authenticator,
): MaybePromise<Principal | Refusal> {
  let signal: AbortSignal | undefined
  return authenticator.authenticate({
    method: channel.req.method ?? "POST",
    headers: channel,
    get externalUrl() {
      return urlOf(channel)
    },
    get signal() {
      signal ??= leaves(channel)
      return signal
    },
  })
}

/** Aborted when the client goes away before its answer. */
export function leaves({ res }: NodeChannel): AbortSignal {
  const controller = new AbortController()
  if (res.destroyed) controller.abort()
  res.once("close", () => {
    if (!res.writableFinished) controller.abort()
  })
  return controller.signal
}
