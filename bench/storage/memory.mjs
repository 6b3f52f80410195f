/** A Map against `memoryStorage()`. Both refuse what has expired and are bounded in entries and characters. */
import { DIST } from "../lib/dist.mjs"

const { memoryStorage } = await import(`${DIST}storage/index.js`)

export const open = () => ({ raw: boundedMap(), driver: memoryStorage() })

function boundedMap() {
  const entries = new Map()
  let [characters, versions] = [0, 0]
  return {
    get(key) {
      const entry = entries.get(key)
      return entry === undefined || entry.expiresAt > Date.now() ? entry : undefined
    },
    set(key, value, ttl) {
      const before = entries.get(key)
      const freed = before === undefined ? 0 : key.length + before.value.length
      const after = characters - freed + key.length + value.length
      if (after > 32 * 1024 * 1024 || entries.size > 100_000) throw new RangeError("full")
      characters = after
      const version = String(++versions)
      entries.set(key, { value, version, expiresAt: Date.now() + ttl })
      return version
    },
  }
}
