import { CorruptValue } from "../errors/storage.ts"
import { RedisScript } from "./redis-script.ts"
import { toExpiry, versionLength } from "./server-storage.ts"
import type { Stored } from "./storage.ts"

// A key holds one string, the version and then the value: a condition needs its first characters alone.

/** Returns what a key holds, and the milliseconds that are left to it. */
export const read: RedisScript = /* @__PURE__ */ new RedisScript(
  `return { redis.call("GET", KEYS[1]), redis.call("PTTL", KEYS[1]) }`,
)

/**
 * Writes the first argument, or deletes where it is empty. The second is its life or empty; the third, where there is
 * one, the version that must be there. Returns whether it did. A client that sends it twice, since its connection was
 * lost, meets what it wrote itself.
 */
export const write: RedisScript = /* @__PURE__ */ new RedisScript(`
if ARGV[3] then
  local held = redis.call("GETRANGE", KEYS[1], 0, ${versionLength - 1})
  if held == "" then held = "absent" end
  if held ~= ARGV[3] and held ~= string.sub(ARGV[1], 1, ${versionLength}) then return 0 end
end
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
  // `as`: what the script returns.
  const [entry, left] = answer as readonly [string | null, number]
  if (entry === null) return undefined
  if (entry.length < versionLength) throw new CorruptValue(key, "an entry of this storage")
  return {
    value: entry.slice(versionLength),
    version: entry.slice(0, versionLength),
    expiresAt: toExpiry(left < 0 ? undefined : left),
  }
}
