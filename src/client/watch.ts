import { longestTimer } from "../shared/longest-timer.ts"
import { sleep } from "../shared/sleep.ts"
import type { SubscriptionFilter } from "../spec/index.ts"
import type { Connection } from "./connection.ts"
import type { Link } from "./link.ts"
import type { PeerNotification } from "./rpc.ts"

/** Hears of changes until it is closed. */
export interface Watch {
  /** Hears no more. */
  readonly close: () => Promise<void>
  /** The same as `close`, at the end of an `await using` block. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** How long is waited before a stream that ended is opened again, in milliseconds: at first, and at most. */
const firstWait = 200
const longestWait = 30_000

/**
 * Has a server tell of changes, by a stream of their own or by the session, as its revision knows it. What ends by itself
 * begins again.
 *
 * @param hear Hears notifications that come on a stream; those of sessions come to whom all of them come.
 */
export async function openWatch(
  link: Link,
  filter: SubscriptionFilter,
  hear: (notification: PeerNotification) => void,
): Promise<Watch> {
  const closing = new AbortController()
  const connection = await link.connection()
  const begin = connection.era === "session" ? subscribe : listen
  const running = begin(connection, { filter, hear, signal: closing.signal })
  await running.ready
  const kept = keep(link, { begin, filter, hear, signal: closing.signal }, { connection, ...running })
  const close = async () => {
    closing.abort()
    await kept
  }
  return { close, [Symbol.asyncDispose]: close }
}

interface Wanted {
  readonly filter: SubscriptionFilter
  readonly hear: (notification: PeerNotification) => void
  readonly signal: AbortSignal
}

interface Running {
  /** Resolves when the server has agreed. */
  readonly ready: Promise<void>
  /** Resolves when it is over, whatever the reason. */
  readonly ended: Promise<void>
}

type Begin = (connection: Connection, wanted: Wanted) => Running

async function keep(
  link: Link,
  wanted: Wanted & { readonly begin: Begin },
  first: Running & { readonly connection: Connection },
): Promise<void> {
  const { signal } = wanted
  let running: Running = first
  for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
    await running.ended
    try {
      await sleep(wait, signal)
      if (signal.aborted) return
      running = wanted.begin(await link.connection(), wanted)
      await running.ready
      wait = firstWait
    } catch {
      // A server that is away is tried again; a link or a watch that is closed is over.
      if (signal.aborted || link.isClosed) return
      running = { ready: Promise.resolve(), ended: Promise.resolve() }
    }
  }
}

/** @see S28/basic/patterns/subscriptions */
function listen(connection: Connection, { filter, hear, signal }: Wanted): Running {
  let agreed: () => void = () => undefined
  const acknowledged = new Promise<void>((resolve) => {
    agreed = resolve
  })
  const stream = connection.request(
    "subscriptions/listen",
    { notifications: filter },
    {
      signal,
      timeoutMs: longestTimer,
      maxTimeoutMs: longestTimer,
      onNotification: (notification) => {
        if (notification.method === "notifications/subscriptions/acknowledged") agreed()
        else hear(notification)
      },
    },
  )
  const ended = stream.then(
    () => undefined,
    () => undefined,
  )
  // A server that refuses says so before it agrees.
  const ready = Promise.race([acknowledged, stream.then(() => undefined)])
  return { ready, ended }
}

/** @see S25/server/resources#subscriptions */
function subscribe(connection: Connection, { filter, signal }: Wanted): Running {
  const uris = filter.resourceSubscriptions ?? []
  const ready = (async () => {
    for (const uri of uris) await connection.request("resources/subscribe", { uri }, { signal })
  })()
  const ended = new Promise<void>((resolve) => {
    const forget = connection.onClose(() => resolve())
    const leave = async () => {
      forget()
      // Who is not there any more need not be told.
      for (const uri of uris)
        await connection.request("resources/unsubscribe", { uri }).catch(() => undefined)
      resolve()
    }
    signal.addEventListener("abort", () => void leave(), { once: true })
  })
  return { ready, ended }
}
