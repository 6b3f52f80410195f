import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { StateSession, StateSessionOptions, StateSessions } from "../components/state.ts"
import { StateTooLarge } from "../errors/context.ts"
import { TooManyHandles, UnknownHandle } from "../errors/handles.ts"
import type { Call } from "../protocol/call.ts"
import { type Principal, principalKey } from "../protocol/principal.ts"
import { randomText } from "../shared/random-text.ts"
import { type Atomic, createAtomic } from "../storage/atomic.ts"
import type { Core } from "./core.ts"
import { digestKey } from "./digest-key.ts"
import { createState, defaultTtl, maxStateSize, type Shelf, toTtl } from "./shelf.ts"

/** The most handles that one principal makes within their time, and that all unknown callers make. */
const maxOwn = 100
const maxAnonymous = 10_000

/** A limit that is no number would be none. How long a handle lives `toTtl` judges, as of all that is remembered. */
const createOptions: KnownOptions = { kinds: { ttl: "any", max: "count", maxAnonymous: "count" } }

/**
 * Makes `ctx.sessions` of a call: states under handles that the client passes with each call.
 *
 * @param enter Called first by each method of a state, with its name; throws where the call is over.
 * @see S28/server/tools#stateful-tools
 */
export function handlesOf(core: Core, call: Call, enter: (method: string) => void): StateSessions {
  const { principal } = call.peer
  return {
    async create(options = {}) {
      assertOptions("`ctx.sessions.create()`", options, createOptions)
      const atomic = await handlesIn(core)
      return toSession(atomic, await make(atomic, principal, options), enter)
    },
    async open(id) {
      const atomic = await handlesIn(core)
      const key = await keyOf(principal, id)
      const { expiresAt } = known(await atomic.get(key))
      return toSession(atomic, { id, key, expiresAt }, enter)
    },
  }
}

/** What is stored of a handle: all that it holds, so that it ends as one. */
interface Contents {
  readonly expiresAt: number
  /** Under which it was counted. */
  readonly count: string
  /** Names, values, and when they end where that is before the handle does. A list: a name may be `__proto__`. */
  readonly entries: readonly (readonly [name: string, value: unknown, expiresAt?: number])[]
}

/** A handle that was made or found. */
interface Handle {
  readonly id: string
  readonly key: string
  readonly expiresAt: number
}

async function make(
  atomic: Atomic,
  principal: Principal | undefined,
  options: StateSessionOptions,
): Promise<Handle> {
  const ttl = toTtl(options.ttl) ?? defaultTtl
  const limit = principal === undefined ? (options.maxAnonymous ?? maxAnonymous) : (options.max ?? maxOwn)
  const now = Date.now()
  // Counted per span of time: of those that expire nothing has to be taken back.
  const span = `${ttl} ${Math.floor(now / ttl)}`
  const count = await digestKey("count", principalKey(principal), span)
  const leave = () => atomic.increment(count, { by: -1, ttl })
  if ((await atomic.increment(count, { ttl })) > limit) {
    await leave()
    throw new TooManyHandles(limit)
  }
  // 144 random bits: nobody guesses it.
  const id = randomText(18)
  const key = await keyOf(principal, id)
  const contents: Contents = { expiresAt: now + ttl, count, entries: [] }
  try {
    await atomic.putIfAbsent(key, contents, { ttl })
  } catch (error) {
    // A storage that is full for a moment must not lock callers out for the rest of the time. If it cannot count either,
    // what failed first says why.
    await leave().catch(() => undefined)
    throw error
  }
  return { id, key, expiresAt: contents.expiresAt }
}

function toSession(atomic: Atomic, handle: Handle, enter: (method: string) => void): StateSession {
  const { id, key, expiresAt } = handle
  return {
    ...createState(shelfOf(atomic, key), enter),
    id,
    expiresAt,
    async end() {
      enter("end")
      // Taken, so that of several who end it one gives its place back.
      const { count } = known(await atomic.take(key))
      await atomic.increment(count, { by: -1, ttl: Math.max(expiresAt - Date.now(), 1) })
    },
  }
}

function shelfOf(atomic: Atomic, key: string): Shelf {
  const change: Shelf["change"] = async (name, next, ttl) => {
    const after = await atomic.update(key, async (stored) => {
      const contents = known(stored)
      const value = await next(valueIn(contents, name))
      return withValue(contents, [name, value], ttl)
    })
    return valueIn(known(after), name)
  }
  return {
    change,
    read: async (name) => valueIn(known(await atomic.get(key)), name),
    write: async (name, value, ttl) => void (await change(name, async () => value, ttl)),
  }
}

/**
 * Who holds a handle that is not theirs looks where nothing is: for them it was never made.
 *
 * @see S28/basic/security_best_practices#state-handle-hijacking
 */
function keyOf(principal: Principal | undefined, id: unknown): Promise<string> {
  return digestKey("handle", principalKey(principal), String(id))
}

/** @throws {UnknownHandle} */
function known(stored: unknown): Contents {
  // Whatever stands under these keys was written here.
  const contents = stored as Contents | undefined
  if (contents === undefined || contents.expiresAt <= Date.now()) throw new UnknownHandle()
  return contents
}

function valueIn({ entries }: Contents, name: string): unknown {
  const entry = entries.find((each) => each[0] === name)
  return entry === undefined || isOver(entry) ? undefined : entry[1]
}

function withValue(
  contents: Contents,
  [name, value]: readonly [name: string, value: unknown],
  ttl: number | undefined,
): Contents {
  const others = contents.entries.filter((entry) => entry[0] !== name && !isOver(entry))
  const entry = ttl === undefined ? ([name, value] as const) : ([name, value, Date.now() + ttl] as const)
  const next = { ...contents, entries: value === undefined ? others : [...others, entry] }
  const size = JSON.stringify(next.entries).length
  if (size > maxStateSize) throw new StateTooLarge("The session", size, maxStateSize)
  return next
}

function isOver([, , expiresAt]: Contents["entries"][number]): boolean {
  return expiresAt !== undefined && expiresAt <= Date.now()
}

/** By storage, one for all, so that changes of one process that meet take turns. */
const atomics: WeakMap<Core["storage"], Promise<Atomic>> = /* @__PURE__ */ new WeakMap()

/** @throws {StorageNotAtomic} FLEET-16 */
function handlesIn({ storage }: Core): Promise<Atomic> {
  const known = atomics.get(storage)
  if (known !== undefined) return known
  const atomic = storage.part("handles").then((part) => createAtomic(part, { subject: "`ctx.sessions`" }))
  atomics.set(storage, atomic)
  return atomic
}
