import { type Complete, complete } from "../protocol/call.ts"
import { utf8Length } from "../shared/utf8-length.ts"

/** A result that is kept, and for how long. */
export interface Kept {
  /** Frozen through and through: everybody gets the same. Without the `ttlMs` that counts down. */
  readonly result: object
  /** `result` as JSON. */
  readonly json: string
  /** The `ttlMs` that the result said when it was made; `undefined` where it said none above 0. */
  readonly ttlMs: number | undefined
  /** When it was made, in milliseconds since 1970. */
  readonly at: number
  /** From when on it is not served any more. */
  readonly until: number
}

/** How long a result may be kept, and how large it may be. */
export interface KeepLimits {
  readonly now: number
  readonly ttlMs: number
  readonly maxBytes: number
}

/** Makes what is kept of an outcome; `undefined` where it is too large, is over at once, or JSON cannot say it. */
export function keep({ result, serialized }: Complete, limits: KeepLimits): Kept | undefined {
  const { now, maxBytes } = limits
  // Every result may be given any field.
  const { ttlMs: said } = result as { readonly ttlMs?: unknown }
  const ttlMs = typeof said === "number" && said > 0 ? said : undefined
  const life = Math.min(limits.ttlMs, ttlMs ?? Number.POSITIVE_INFINITY)
  if (!(life > 0)) return undefined
  const json =
    ttlMs === undefined && serialized?.result === result
      ? serialized.json
      : jsonOf(ttlMs === undefined ? result : { ...result, ttlMs: undefined })
  if (json === undefined || json.length > maxBytes || utf8Length(json) > maxBytes) return undefined
  const copy = read(json)
  return copy && { result: copy, json, ttlMs, at: now, until: now + life }
}

/** Makes the outcome of a call that is answered from memory. */
export function answer({ result, json, ttlMs, at }: Kept, now: number): Complete {
  if (ttlMs === undefined) return complete(result, { result, json })
  // S28/server/utilities/caching#freshness: it counts from when the client gets it; what has passed is gone.
  const left = Math.max(0, Math.trunc(ttlMs - Math.max(0, now - at)))
  const fresh = { ...result, ttlMs: left }
  const comma = json.length === 2 ? "" : ","
  return complete(fresh, { result: fresh, json: `${json.slice(0, -1)}${comma}"ttlMs":${left}}` })
}

/** How far the clocks of processes that share a storage may be apart, and a clock may be set back. */
const skewMs = 60_000

/** Whether it may still be served. */
export function isFresh({ at, until }: Kept, now: number): boolean {
  return now < until && now > at - skewMs
}

/** The form of the texts in a storage; what has another is not read. */
const form = 1

/** Writes it for a storage: a line that says what it is, and the result. */
export function write({ json, ttlMs, at, until }: Kept, mark: string): string {
  return `${JSON.stringify([form, at, until, ttlMs ?? null, mark])}\n${json}`
}

/** Reads what {@link write} wrote under the same mark; `undefined` for anything else. */
export function restore(text: string, mark: string): Kept | undefined {
  const end = text.indexOf("\n")
  const head = end < 0 ? undefined : parse(text.slice(0, end))
  if (!Array.isArray(head) || head[0] !== form || head[4] !== mark) return undefined
  const [, at, until, ttlMs] = head as readonly unknown[]
  if (typeof at !== "number" || typeof until !== "number") return undefined
  if (ttlMs !== null && typeof ttlMs !== "number") return undefined
  const json = text.slice(end + 1)
  const result = read(json)
  return result && { result, json, ttlMs: ttlMs ?? undefined, at, until }
}

/** Makes an object of JSON that nobody can change; `undefined` where it is none. */
function read(json: string): object | undefined {
  const value = parse(json)
  return typeof value === "object" && value !== null && !Array.isArray(value) ? frozen(value) : undefined
}

function frozen(root: object): object {
  // Without recursion: results may nest deeper than the stack.
  const waiting: object[] = [root]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    for (const member of Object.values(Object.freeze(value)))
      if (typeof member === "object" && member !== null) waiting.push(member)
  }
  return root
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // Something else stands there: it is as good as nothing.
    return undefined
  }
}

function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    // A result that middleware made, and JSON cannot say: whoever sends it will see.
    return undefined
  }
}
