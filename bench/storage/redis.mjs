/**
 * `ioredis` against `redisStorage()`: bare, GET and PTTL at once, and SET with an expiry, of a text that has the version
 * before the value. Both ask Redis how long a value lives, by whose clock it ends, so that those of processes need not
 * agree; bare, what another writes between GET and PTTL is taken for the same.
 */
import { randomUUID } from "node:crypto"
import { Redis } from "ioredis"
import { DIST } from "../lib/dist.mjs"

const { redisStorage } = await import(`${DIST}storage/redis.js`)

export const open = (url) => ({
  raw: commands(new Redis(url)),
  driver: redisStorage({ client: new Redis(url) }),
})

function commands(client) {
  return {
    async get(key) {
      const [text, left] = await Promise.all([client.get(`raw:${key}`), client.pttl(`raw:${key}`)])
      if (text === null) return undefined
      return { value: text.slice(36), version: text.slice(0, 36), expiresAt: Date.now() + left }
    },
    async set(key, value, ttl) {
      const version = randomUUID()
      await client.set(`raw:${key}`, version + value, "PX", ttl)
      return version
    },
  }
}
