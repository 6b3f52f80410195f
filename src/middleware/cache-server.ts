import { CallAborted } from "../errors/protocol.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { aborted, type Call, type Outcome } from "../protocol/call.ts"
import type { ChangeEvent } from "../server/events.ts"
import { givenTool } from "../server/invoker.ts"
import type { Hook, Next } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import type { Resolved } from "../server/provider.ts"
import { challengedScopes } from "../server/step-up.ts"
import { isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import { answer, type Kept, keep } from "./cache-kept.ts"
import { type CachedMethod, type Place, placeOf, type SharedBy, type Subject } from "./cache-place.ts"
import { type Run, Runs, waitFor } from "./cache-runs.ts"
import type { AllCounts } from "./cache-statistics.ts"
import { cacheStatus } from "./cache-status.ts"
import { type Change, type Look, type ResultStore, toChange } from "./cache-store.ts"

/** The component of a call. */
export type Cacheable = Resolved["component"]

/** What of a method is kept. */
export interface MethodRule {
  readonly method: CachedMethod
  readonly subject: Subject
  readonly isList: boolean
  readonly ttlMs: number
  readonly sharedBy: SharedBy
  readonly admits: (component: Cacheable) => boolean
  readonly vary: ((call: Call) => string | undefined) | undefined
}

/** What a server's cache is made of. */
export interface CacheParts {
  readonly server: MiddlewareServer
  readonly store: ResultStore
  readonly counts: AllCounts
  readonly maxItemBytes: number
  readonly now: () => number
}

/** A call, what goes on with it, and what of it is kept. */
interface Asked {
  readonly call: Call
  readonly next: Next
  readonly rule: MethodRule
}

/** A call for which nothing is kept. */
interface Missing extends Asked {
  readonly place: Place
  readonly mark: string
}

/** The outcome of a call, and what is kept of it. */
interface Made {
  readonly value: Outcome
  readonly kept?: Kept | undefined
}

/** The cache of one server. */
export class ServerCache {
  readonly #parts: CacheParts
  readonly #runs: Runs = new Runs()
  readonly #stopHearing: () => void
  #hasBegun = false
  #isClosed = false

  constructor(parts: CacheParts) {
    this.#parts = parts
    this.#stopHearing = parts.server.onChange((event) => this.#hear(event))
  }

  hook(rule: MethodRule): Hook {
    return (call, next) => this.#answer({ call, next, rule })
  }

  /** @throws What the storage throws. */
  async drop(change: Change): Promise<void> {
    this.#runs.drop(change)
    await this.#parts.store.drop(change)
  }

  close(): void {
    this.#isClosed = true
    this.#stopHearing()
    this.#parts.store.close()
  }

  #answer(asked: Asked): MaybePromise<Outcome> {
    const { call, rule } = asked
    this.#hasBegun = true
    // What stands on answers of a client, or on a tool that only its caller has, is for nobody else.
    const isOwn = call.round > 0 || isAnswering(call) || call.get(givenTool) !== undefined
    if (isOwn || this.#isClosed) return this.#bypass(asked)
    if (rule.isList) return this.#answerPlace(asked, undefined)
    // Looked for also where the result is in memory: who may not see it gets none.
    const found = this.#parts.server.find(call)
    if (isThenable(found)) return found.then((component) => this.#answerFor(asked, component))
    return this.#answerFor(asked, found)
  }

  #answerFor(asked: Asked, component: Cacheable | undefined): MaybePromise<Outcome> {
    const { call, rule } = asked
    if (component === undefined || !rule.admits(component) || isChallenged(component, call))
      return this.#bypass(asked)
    // As before it is run: what a header repeats must be what is asked.
    if (component.kind === "tool" && component.headerParams.length > 0)
      call.exchange.checkHeaderParams(component.headerParams)
    return this.#answerPlace(asked, component)
  }

  #answerPlace(asked: Asked, component: Cacheable | undefined): MaybePromise<Outcome> {
    const { call, rule } = asked
    const { method, subject, vary } = rule
    const varied = vary && checkedVary(vary(call))
    const isVaried = vary === undefined || varied !== undefined
    const sharedBy = sharedOf(rule, component)
    const place = isVaried ? placeOf(call, { method, subject, component, sharedBy, vary: varied }) : undefined
    if (place === undefined) return this.#bypass(asked)
    const look = this.#parts.store.look(place)
    if (look instanceof Promise) return look.then((found) => this.#answerLook(asked, place, found))
    return this.#answerLook(asked, place, look)
  }

  #answerLook(asked: Asked, place: Place, { kept, mark }: Look): MaybePromise<Outcome> {
    if (kept !== undefined) return this.#hit(asked, kept)
    if (mark !== undefined) return this.#miss({ ...asked, place, mark })
    this.#count(asked, "misses")
    asked.call.set(cacheStatus, "miss")
    return asked.next()
  }

  #hit(asked: Asked, kept: Kept): Outcome {
    asked.call.set(cacheStatus, "hit")
    this.#count(asked, "hits")
    return answer(kept, this.#parts.now())
  }

  #bypass(asked: Asked): Promise<Outcome> {
    asked.call.set(cacheStatus, "bypass")
    this.#count(asked, "bypasses")
    return asked.next()
  }

  async #miss(missing: Missing): Promise<Outcome> {
    const { call, place, mark } = missing
    // What is made under another mark is another result: a call that began before a change is no equal one.
    const key = `${mark} ${place.key}`
    const { exchange } = call
    // A handler's own calls wait for nobody: two that wait for each other would wait for ever.
    for (let mayWait = call.parent === undefined; ; ) {
      const other = mayWait ? this.#runs.join(key) : undefined
      if (other === undefined) {
        this.#count(missing, "misses")
        call.set(cacheStatus, "miss")
        return this.#runs.run({ key, place, exchange }, (run) => this.#run(missing, run))
      }
      const ending = await waitFor(other, exchange.signal)
      if (ending === undefined) return aborted(reasonOf(exchange.signal))
      if (typeof ending === "object") return this.#hit(missing, ending)
      // What failed or asked may do so again, and all that wait would stand in line for it.
      mayWait = ending === "left"
    }
  }

  async #run({ call, next, rule, place, mark }: Missing, run: Run): Promise<Made> {
    const outcome = await next()
    const { store, maxItemBytes, counts, now } = this.#parts
    const { exchange } = call
    // What was given up may be half of what was asked, and what an answer of its client says is for that client.
    if (outcome.kind !== "complete" || exchange.inert || exchange.hasAsked) return { value: outcome }
    if ((outcome.result as { readonly isError?: unknown }).isError) return { value: outcome }
    const kept = keep(outcome, { now: now(), ttlMs: rule.ttlMs, maxBytes: maxItemBytes })
    if (kept === undefined) return { value: outcome }
    // Out of date, it is still what those get who came before the change.
    const isStored = !run.isStale && !this.#isClosed && (await store.put(place, kept, mark))
    const own = counts[rule.method]
    if (isStored && own !== undefined) own.stores++
    return { value: answer(kept, now()), kept }
  }

  #count({ rule }: Asked, what: "hits" | "misses" | "bypasses"): void {
    const counts = this.#parts.counts[rule.method]
    if (counts !== undefined) counts[what]++
  }

  #hear(event: ChangeEvent): void {
    for (const change of changesOf(event, this.#hasBegun))
      this.drop(change).catch(() => {
        // It was logged, and nothing is served before it is written.
      })
  }
}

/** Whether a call brings answers, whatever round its era counts. */
function isAnswering({ params }: Call): boolean {
  return params.requestState !== undefined || params.inputResponses !== undefined
}

/** Whether running it would challenge the caller to come back with more scopes. */
function isChallenged(component: Cacheable, { isTrusted, peer }: Call): boolean {
  return component.auth !== undefined && !isTrusted && challengedScopes(component, peer.principal).length > 0
}

/**
 * Without types anything may be given, and a promise is the same JSON for all callers: one would get what is another's.
 *
 * @throws {InvalidOption}
 */
function checkedVary(given: unknown): string | undefined {
  if (given === undefined || typeof given === "string") return given
  throw new InvalidOption("What `vary` of `cache()` gave", quoted(given), "Give a text, or nothing.")
}

/** What its author calls private is for one caller, whatever is said of all. */
function sharedOf({ sharedBy }: MethodRule, component: Cacheable | undefined): SharedBy {
  const isPrivate = component !== undefined && "cache" in component && component.cache?.scope === "private"
  return isPrivate && sharedBy === "everyone" ? "principal" : sharedBy
}

function reasonOf({ reason }: AbortSignal): CallAborted["reason"] {
  return reason instanceof CallAborted ? reason.reason : "cancel"
}

const subjectsOfLists: { readonly [topic: string]: Subject } = {
  toolsListChanged: "tool",
  promptsListChanged: "prompt",
  resourcesListChanged: "resource",
}

/**
 * What an event makes out of date. What only some are told changes what they see listed; whether they see what they call
 * is looked at for each call.
 */
function changesOf({ topic, params, audience, sessions }: ChangeEvent, hasBegun: boolean): readonly Change[] {
  const uri = params?.uri
  if (topic === "resourceSubscriptions") return typeof uri === "string" ? [toChange("resource", uri)] : []
  const subject = Object.hasOwn(subjectsOfLists, topic) ? subjectsOfLists[topic] : undefined
  // What is added before the first call changes nothing: every process that starts does so.
  if (subject === undefined || !hasBegun) return []
  return audience === undefined && sessions === undefined ? [{ subject }] : [{ subject, only: "lists" }]
}
