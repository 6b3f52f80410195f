/** `unstorage` over Redis against `unstorageStorage()` over the same: bare, it is given version and expiry beside the value. */
import { randomUUID } from "node:crypto"
import { createStorage } from "unstorage"
import redisDriver from "unstorage/drivers/redis"
import { DIST } from "../lib/dist.mjs"

const { unstorageStorage } = await import(`${DIST}storage/unstorage.js`)

export function open(url) {
  const connect = (base) => createStorage({ driver: redisDriver({ url, base }) })
  return { raw: items(connect("raw")), driver: unstorageStorage(connect("ours")) }
}

function items(storage) {
  return {
    async get(key) {
      const entry = await storage.getItem(key)
      return entry !== null && entry.expiresAt > Date.now() ? entry : undefined
    },
    async set(key, value, ttl) {
      const version = randomUUID()
      await storage.setItem(key, { value, version, expiresAt: Date.now() + ttl }, { ttl: ttl / 1000 })
      return version
    },
  }
}
