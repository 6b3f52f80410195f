import type { Call } from "../protocol/call.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { clip } from "../shared/clip.ts"
import { isThenable } from "../shared/maybe-promise.ts"
import { within } from "../shared/within.ts"
import type { Ending } from "./ending.ts"
import { texts } from "./ending.ts"

/** What a call is a call of, in words of which there are few: names that clients make up are none. */
export interface Target {
  /** The method, or `_OTHER`. */
  readonly method: string
  /** The tool or prompt, where it is known to exist. */
  readonly name: string | undefined
}

/** Knows the methods, tools and prompts of a server by the calls that found them. */
export interface Targets {
  /** What a call is a call of, as far as is known before it runs. */
  of(call: Call): Target
  /**
   * What a call was a call of, now that it has run. Looks the component up the first time, and only where something was
   * there to run: what is refused must not make lookups behind the back of what refused it.
   */
  after(call: Call, ending: Ending): Promise<Target> | Target
}

/** The most methods beside those of the specification, and the most names of each kind. */
const maxMethods = 100
const maxNames = 1000

/** How long an answer waits for its name, in milliseconds. */
const mostLookupMs = 500

export function targetsOf(server: Pick<MiddlewareServer, "find">): Targets {
  const methods = texts(maxMethods, methodsOfSpec)
  const names: { readonly [method: string]: ReturnType<typeof texts> | undefined } = {
    "tools/call": texts(maxNames),
    "prompts/get": texts(maxNames),
  }

  function of({ method, params }: Call): Target {
    const { name } = params
    const isKnown = typeof name === "string" && names[method]?.has(name) === true
    return {
      method: methods.has(method) ? method : "_OTHER",
      name: isKnown ? name : undefined,
    }
  }

  function after(call: Call, ending: Ending): Promise<Target> | Target {
    const { method, params } = call
    const { name } = params
    if (ending.outcome === "complete" || ending.outcome === "extended") methods.add(method)
    const known = names[method]
    // One for which there is no room would be looked up each time.
    if (typeof name !== "string" || !known?.takes(name) || !mayBeThere(ending)) return of(call)
    const learn = (component: unknown) => {
      if (component !== undefined) known.add(name)
      return of(call)
    }
    try {
      const found = server.find(call)
      if (!isThenable(found)) return learn(found)
      const learnt = Promise.resolve(found).then(learn, () => of(call))
      // What failed may have failed because lookups hang; its answer must not wait for one.
      if (ending.outcome === "failure") return of(call)
      // So may that of a call which something further in answered without asking whoever hangs, such as a cache.
      return within(mostLookupMs, learnt, () => new Error("The lookup takes too long.")).catch(() => of(call))
    } catch {
      // Whoever provides it has failed, and the call has or will have said so.
      return of(call)
    }
  }

  return { of, after }
}

function mayBeThere({ outcome, type, isRefusal }: Ending): boolean {
  if (outcome === "cancelled" || outcome === "suspended") return false
  return isRefusal !== true && type !== "UNKNOWN_TOOL" && type !== "UNKNOWN_PROMPT" && type !== "CALL_ABORTED"
}

/** What a client wrote, for an attribute of a span. */
export function shown(text: string, most = 128): string {
  return clip(text, most)
}

/** The methods that clients of some revision call. */
const methodsOfSpec = [
  ...[
    "initialize",
    "ping",
    "server/discover",
    "logging/setLevel",
    "completion/complete",
    "subscriptions/listen",
  ],
  ...["tools/call", "tools/list", "prompts/get", "prompts/list"],
  ...["resources/list", "resources/read", "resources/templates/list"],
  ...["resources/subscribe", "resources/unsubscribe"],
]
