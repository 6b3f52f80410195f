import { ClientClosed } from "../errors/testing.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { SubscriptionFilter } from "../spec/index.ts"
import type { MemoryChannel } from "./channel.ts"
import type { Subscription } from "./dialect.ts"
import { noOptions, type Request } from "./envelope.ts"
import type { Notification, RequestOptions } from "./options.ts"

/** A request that is on its way. */
export interface Sent {
  readonly channel: MemoryChannel
  /** Rejects where the server answered with an error. */
  readonly result: MaybePromise<object>
}

/** Sends requests whose end is their senders' own affair. */
export interface Sender {
  send(request: Request): Sent
}

/** Opens a stream. Resolves when the server has acknowledged it, rejects when it refuses. */
export async function openSubscription(
  wire: Sender,
  filter: SubscriptionFilter,
  options: RequestOptions = noOptions,
): Promise<Subscription> {
  options.signal?.throwIfAborted()
  let isLeft = false
  let acknowledge: (honored: SubscriptionFilter) => void = () => undefined
  const acknowledged = new Promise<SubscriptionFilter>((resolve) => {
    acknowledge = resolve
  })
  const onNotification = (notification: Notification): void => {
    if (notification.method !== acknowledgement) options.onNotification?.(notification)
    // The shape that the specification gives to it.
    else acknowledge((notification.params as { readonly notifications: SubscriptionFilter }).notifications)
  }
  const { channel, result } = wire.send({
    method: "subscriptions/listen",
    params: { notifications: filter },
    options: { ...options, onNotification },
  })
  const leave = (): void => {
    isLeft = true
    channel.abort("cancel")
  }
  const ended = Promise.resolve(result).then(
    // Who has left does not hear the last word.
    (last) => (isLeft ? undefined : last),
    (error: unknown) => {
      const isOurs = channel.failure === undefined && (isLeft || error instanceof ClientClosed)
      if (!isOurs) throw error
      return undefined
    },
  )
  options.signal?.addEventListener("abort", leave, { once: true })
  const forget = (): void => options.signal?.removeEventListener("abort", leave)
  // Handled here, so that a test which does not ask for the end is not ended by it.
  ended.then(forget, forget)
  const honored = await Promise.race([acknowledged, ended.then(() => ({}))])
  options.signal?.throwIfAborted()
  const close = async (): Promise<void> => {
    leave()
    await ended
  }
  return { honored, ended, close, [Symbol.asyncDispose]: close }
}

const acknowledgement = "notifications/subscriptions/acknowledged"
