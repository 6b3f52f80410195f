import { ClientClosed } from "../errors/testing.ts"
import type { SubscriptionFilter } from "../spec/index.ts"
import { noOptions } from "./envelope.ts"
import type { Notification, RequestOptions } from "./options.ts"
import type { Wire } from "./wire.ts"

/** A `subscriptions/listen` stream that is open. */
export interface Subscription {
  /** What of the filter the server honors. */
  readonly honored: SubscriptionFilter
  /** Resolves when the stream has ended: to the server's last word, or to `undefined` when the client left. */
  readonly ended: Promise<object | undefined>
  /** Leaves the stream, and rejects with what a listener threw, if one did. */
  readonly close: () => Promise<void>
  /** The same as `close`, at the end of an `await using` block. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Opens a stream. Resolves when the server has acknowledged it, rejects when it refuses. */
export async function openSubscription(
  wire: Wire,
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
