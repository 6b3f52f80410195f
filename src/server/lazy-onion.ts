import type { Dispatch } from "../protocol/dispatcher.ts"
import type { Middleware } from "./middleware.ts"
import type { Deliver, NotificationOnion, Onion } from "./onion.ts"

/** Puts middleware around the run of a method. A server without any does not load what does it. */
export function wrapCalls(middleware: readonly Middleware[], onion: Onion): Dispatch {
  if (middleware.length === 0) return onion.run
  if (loaded !== undefined) return loaded.composeMiddleware(middleware, onion)
  let run: Dispatch | undefined
  // What is added later is not for this run.
  const layers = [...middleware]
  return (call) =>
    run?.(call) ??
    loadOnion().then(({ composeMiddleware }) => {
      run ??= composeMiddleware(layers, onion)
      return run(call)
    })
}

/** Puts middleware around the delivery of notifications. */
export function wrapNotices(middleware: readonly Middleware[], onion: NotificationOnion): Deliver {
  if (middleware.length === 0) return onion.deliver
  const layers = [...middleware]
  let deliver: Deliver | undefined
  return async (notice) => {
    deliver ??= (loaded ?? (await loadOnion())).composeNotification(layers, onion)
    return deliver(notice)
  }
}

let loaded: typeof import("./onion.ts") | undefined

/** Loads what puts middleware around calls. */
export async function loadOnion(): Promise<typeof import("./onion.ts")> {
  loaded = await import("./onion.ts")
  return loaded
}
