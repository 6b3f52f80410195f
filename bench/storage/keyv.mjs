/** `keyv` over Redis against `keyvStorage()` over the same: bare, it is given the version beside the value. */
import { randomUUID } from "node:crypto"
import { Redis } from "ioredis"
import { Keyv } from "keyv"
import { DIST } from "../lib/dist.mjs"

const { keyvStorage } = await import(`${DIST}storage/keyv.js`)

export function open(url) {
  const connect = (namespace) => new Keyv({ store: backend(new Redis(url)), namespace })
  return { raw: values(connect("raw")), driver: keyvStorage(connect("ours")) }
}

/** The least that `keyv` takes for a backend. */
function backend(client) {
  return {
    get: async (key) => (await client.get(key)) ?? undefined,
    set: (key, value, ttl) => client.set(key, value, "PX", ttl),
    delete: async (key) => (await client.del(key)) === 1,
    clear: () => client.flushdb(),
  }
}

function values(keyv) {
  return {
    async get(key) {
      const found = await keyv.getRaw(key)
      return found === undefined ? undefined : { ...found.value, expiresAt: found.expires }
    },
    async set(key, value, ttl) {
      const version = randomUUID()
      await keyv.set(key, { value, version }, ttl)
      return version
    },
  }
}
