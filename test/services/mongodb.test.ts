import { MongoClient } from "mongodb"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { mongoService } from "../../scripts/services/mongodb.ts"
import type { Service } from "../../scripts/services/service.ts"
import { mongoStorage } from "../../src/storage/mongodb.ts"
import { drivers } from "../contract/drivers.ts"
import { driverContract } from "../contract/storage.ts"
import type { StorageSubject } from "../contract/storage-case.ts"
import { serverSuite } from "./server-suite.ts"

let service: Service
beforeAll(async () => {
  service = await mongoService()
})
afterAll(() => service.stop())

describe("on what stands in for MongoDB", () => {
  driverContract(drivers.mongoStorage, () => subjectOn(service.url))
})

const url = process.env.MONGODB_URL
if (url !== undefined) {
  describe("on the server of MONGODB_URL", () => {
    driverContract(drivers.mongoStorage, () => subjectOn(url))
  })
}

serverSuite({
  kind: "MongoDB",
  service: () => service,
  given(at, timeout) {
    const client = new MongoClient(at)
    return {
      driver: mongoStorage({ collection: client.db().collection("entries"), timeout }),
      isOpen: async () => (await client.db().command({ ping: 1 })).ok === 1,
      end: () => client.close(),
    }
  },
  isStandIn: true,
})

describe("a storage on MongoDB", () => {
  async function connect(): Promise<MongoClient> {
    const client = await MongoClient.connect(service.url)
    onTestFinished(() => client.close())
    return client
  }

  it("has MongoDB delete what has expired, unless it is told not to", async () => {
    const db = (await connect()).db()
    await mongoStorage({ collection: db.collection("indexed") }).write("key", "value")
    await mongoStorage({ collection: db.collection("bare"), migrate: false }).write("key", "value")
    const indexes = await db.collection("indexed").indexes()
    expect(indexes).toContainEqual(expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }))
    expect(await db.collection("bare").indexes()).toHaveLength(1)
  })

  it("takes the largest value that fits into a document, and names a larger one", async () => {
    const driver = mongoStorage({ url: service.url, name: "large", timeout: 20_000 })
    onTestFinished(() => driver.close?.())
    const largest = "x".repeat(16 * 1024 * 1024 - 1024)
    await driver.write("k".repeat(512), largest, { ttl: 60_000 })
    await expect(driver.write("key", `${largest}x`)).rejects.toMatchObject({ code: "VALUE_TOO_LARGE" })
  })

  it("keeps its documents in the collection that is named", async () => {
    const client = await connect()
    const driver = mongoStorage({ url: service.url, name: "named" })
    onTestFinished(() => driver.close?.())
    await driver.write("key", "value", { ttl: 60_000 })
    expect(await client.db().collection("named").find().toArray()).toEqual([
      { _id: "key", value: "value", version: expect.any(String), expiresAt: expect.any(Date) },
    ])
  })
})

/** Two connections to one collection, which is gone after the case. */
async function subjectOn(server: string): Promise<StorageSubject> {
  const [client, other] = [await MongoClient.connect(server), await MongoClient.connect(server)]
  const name = `case-${crypto.randomUUID()}`
  let now = Date.now()
  const open = (by: MongoClient) =>
    mongoStorage({ collection: by.db().collection(name), migrate: false, now: () => now })
  return {
    driver: open(client),
    peer: open(other),
    advance(ms) {
      now += ms
    },
    async end() {
      await client.db().collection(name).deleteMany()
      await Promise.all([client.close(), other.close()])
    },
  }
}
