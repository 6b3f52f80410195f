/** `mongodb` against `mongoStorage()`: bare, `findOne` by `_id`, and `updateOne` that makes what is not there. */
import { randomUUID } from "node:crypto"
import { MongoClient } from "mongodb"
import { DIST } from "../lib/dist.mjs"

const { mongoStorage } = await import(`${DIST}storage/mongodb.js`)

export async function open(url) {
  const [own, other] = await Promise.all([url, url].map((each) => MongoClient.connect(each)))
  const bare = own.db().collection("raw")
  await bare.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  return { raw: documents(bare), driver: mongoStorage({ collection: other.db().collection("ours") }) }
}

function documents(collection) {
  return {
    async get(key) {
      const found = await collection.findOne({ _id: key }, { readPreference: "primary" })
      if (found === null) return undefined
      const { value, version, expiresAt } = found
      return expiresAt > new Date() ? { value, version, expiresAt: expiresAt.getTime() } : undefined
    },
    async set(key, value, ttl) {
      const version = randomUUID()
      const entry = { value, version, expiresAt: new Date(Date.now() + ttl) }
      const options = { upsert: true, writeConcern: { w: "majority" } }
      await collection.updateOne({ _id: key }, { $set: entry }, options)
      return version
    },
  }
}
