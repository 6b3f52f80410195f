import { CorruptValue } from "../errors/storage.ts"
import type { RedisClient } from "./redis-client.ts"
import { RedisScript } from "./redis-script.ts"
import { toExpiry, versionLength } from "./server-storage.ts"
import type { Stored } from "./storage.ts"

// A key holds one string, the version and then the value: a condition needs its first characters alone.

/** Returns what a key holds, and the milliseconds that are left to it; nothing where it holds nothing. */
export const read: RedisScript = /* @__PURE__ */ new RedisScript(`
local entry = redis.call("GET", KEYS[1])
if entry then return { entry, redis.call("PTTL", KEYS[1]) } end`)

interface Writing {
  readonly key: string
  /** `undefined` to delete. */
  readonly entry: string | undefined
  /** Milliseconds; `undefined` for ever. */
  readonly life: number | undefined
}

/** Writes or deletes, whatever is there. */
export function write(client: RedisClient, { key, entry, life }: Writing): Promise<unknown> {
  if (entry === undefined) return client.del(key)
  return life === undefined ? client.set(key, entry) : client.set(key, entry, "PX", life)
}

/**
 * Writes the first argument, or deletes where it is empty, if the version of the third is there. The second is its life
 * or empty. Returns whether it did. A client that sends it twice, since its connection was lost, meets what it wrote
 * itself.
 */
export const replace: RedisScript = /* @__PURE__ */ new RedisScript(`
local held = redis.call("GETRANGE", KEYS[1], 0, ${versionLength - 1})
if held == "" then held = "absent" end
if held ~= ARGV[3] and held ~= string.sub(ARGV[1], 1, ${versionLength}) then return 0 end
if ARGV[1] == "" then redis.call("DEL", KEYS[1])
elseif ARGV[2] == "" then redis.call("SET", KEYS[1], ARGV[1])
else redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2]) end
return 1`)

/** Adds the first argument to a count, under the version of the second; the third is the life of a new one or empty. */
export const add: RedisScript = /* @__PURE__ */ new RedisScript(`
local entry = redis.call("GET", KEYS[1])
local count = entry and string.sub(entry, ${versionLength + 1}) or "0"
if not string.find(count, "^-?%d+$") or #count > 17 then return false end
local sum = tonumber(count) + tonumber(ARGV[1])
if math.abs(sum) > ${Number.MAX_SAFE_INTEGER} then return false end
sum = string.format("%.0f", sum)
if entry then redis.call("SET", KEYS[1], ARGV[2] .. sum, "KEEPTTL")
elseif ARGV[3] == "" then redis.call("SET", KEYS[1], ARGV[2] .. sum)
else redis.call("SET", KEYS[1], ARGV[2] .. sum, "PX", ARGV[3]) end
return sum`)

/**
 * Reads the answer of {@link read}.
 *
 * @throws {CorruptValue}
 */
export function toStored(key: string, answer: unknown): Stored | undefined {
  if (answer === null) return undefined
  // `as`: what the script returns. A client may give numbers as texts.
  const [entry, life] = answer as readonly [string, number | string]
  const left = Number(life)
  if (entry.length < versionLength) throw new CorruptValue(key, "an entry of this storage")
  return {
    value: entry.slice(versionLength),
    version: entry.slice(0, versionLength),
    expiresAt: toExpiry(left < 0 ? undefined : left),
  }
}
