/** A Worker that runs the storage contract on real bindings. The tests outside ask for one case at a time. */

// @ts-expect-error: a module of the runtime, which no types of ours declare.
import { env } from "cloudflare:workers"
import assert from "node:assert/strict"
import {
  type DurableObjects,
  durableObjectStorage,
  FleetStorageObject,
  type FleetStorageObjectState,
  type KvNamespace,
  kvStorage,
} from "../../src/storage/cloudflare.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import { type MakeStorage, storageContract } from "../../src/testing/contract/storage.ts"
import { declared, drivers, type Guarantees } from "../contract/drivers.ts"

// `as`: the bindings that the tests outside make.
const { KV, OBJECTS, BROKEN, FOREIGN } = env as { readonly KV: KvNamespace } & {
  readonly [name in "OBJECTS" | "BROKEN" | "FOREIGN"]: DurableObjects
}

const tests: { readonly name: string; readonly run: () => Promise<void> }[] = []

function specify(name: string, run: () => Promise<void>): void {
  tests.push({ name, run })
}

/** The whole test of a driver, as `driverContract()` has it where Vitest runs. */
function specifyDriver(row: Guarantees, make: MakeStorage): void {
  const describe = (_name: string, body: () => void) => body()
  storageContract(make, {
    level: row.level,
    describe,
    it: (name, run) => specify(`${row.name} ${name}`, run),
  })
  specify(`${row.name} declares what the table of guarantees says`, async () => {
    const { driver } = await make()
    assert.deepEqual({ ...row, ...declared(driver) }, row)
  })
}

let storages = 0

/** Objects that no storage had before. */
function newObjects(): DurableObjects {
  const storage = storages++
  return { getByName: (name) => OBJECTS.getByName(`${storage}-${name}`) }
}

async function empty(storage: StorageDriver): Promise<void> {
  const { keys } = (await storage.list?.("")) ?? { keys: [] }
  for (const key of keys) await storage.write(key, undefined)
}

specifyDriver(drivers.durableObjectStorage, () => {
  let time = Date.now()
  const now = () => time
  const objects = newObjects()
  return {
    driver: durableObjectStorage(objects, { now }),
    peer: durableObjectStorage(objects, { now }),
    advance(ms: number) {
      time += ms
    },
  }
})

specify("durableObjectStorage() goes by the clock of the objects unless it is given one", async () => {
  const storage = durableObjectStorage(newObjects())
  const before = Date.now()
  await storage.write("key", "value", { ttl: 60_000 })
  const { expiresAt = 0 } = (await storage.get("key")) ?? {}
  assert.ok(expiresAt >= before + 60_000 && expiresAt <= Date.now() + 61_000)
})

specify(
  "durableObjectStorage() refuses a value that does not fit into a row, and takes one that just does",
  async () => {
    const storage = durableObjectStorage(newObjects())
    await rejects(() => storage.write("key", "x".repeat(2_000_000)), "VALUE_TOO_LARGE")
    const largest = "x".repeat(2_000_000 - 1024)
    await storage.write("k".repeat(512), largest, { ttl: 1000 })
    assert.ok((await storage.get("k".repeat(512)))?.value === largest)
  },
)

specify("durableObjectStorage() tells of an object that fails", async () => {
  const storage = durableObjectStorage({ getByName: () => BROKEN.getByName("any") })
  await rejects(() => storage.get("key"), "STORAGE_UNAVAILABLE")
})

specify("durableObjectStorage() tells of a class that is not its own", async () => {
  const storage = durableObjectStorage({ getByName: () => FOREIGN.getByName("any") })
  await rejects(() => storage.get("key"), "STORAGE_UNAVAILABLE")
})

specify("durableObjectStorage() clears away what has expired, and is woken again for the next", async () => {
  const object = OBJECTS.getByName("alarmed")
  const objects = { getByName: () => object }
  await durableObjectStorage(objects, { now: () => Date.now() - 5000 }).write("a", "value", { ttl: 1 })
  const storage = durableObjectStorage(objects)
  await storage.write("b", "value", { ttl: 3_600_000 })
  await storage.write("c", "value")
  const first = await inspect(object, "/")
  assert.ok(first.rows === 3 && first.alarm !== null && first.alarm > Date.now() + 50_000)
  const second = await inspect(object, "/alarm")
  assert.ok(second.rows === 2 && second.alarm !== null && second.alarm > Date.now() + 3_600_000)
})

specifyDriver(drivers.kvStorage, async () => {
  let time = Date.now()
  const driver = kvStorage(KV, { now: () => time })
  await empty(driver)
  const advance = (ms: number) => {
    time += ms
  }
  return { driver, advance }
})

specify("kvStorage() takes no entry of another program for its own", async () => {
  await KV.put("foreign", "value", { metadata: { of: "another" } })
  const storage = kvStorage(KV)
  await rejects(() => storage.get("foreign"), "CORRUPT_VALUE")
  assert.ok(!(await storage.list?.("foreign"))?.keys.includes("foreign"))
})

specify("kvStorage() takes any ttl, though KV itself keeps nothing for less than a minute", async () => {
  const storage = kvStorage(KV)
  for (const ttl of [1, 59_999, 60_001]) await storage.write("short", "value", { ttl })
  assert.ok((await storage.get("short"))?.value === "value")
})

specify("kvStorage() refuses a value that KV does not take", async () => {
  await rejects(() => kvStorage(KV).write("key", "x".repeat(25 * 1024 * 1024 + 1)), "VALUE_TOO_LARGE")
})

specify("kvStorage() tells when KV refuses", async () => {
  await rejects(() => kvStorage(KV).write("k".repeat(513), "value"), "STORAGE_UNAVAILABLE")
})

/** The object under test, with a look into it. */
export class InspectedObject extends FleetStorageObject {
  readonly #state: FleetStorageObjectState

  constructor(state: FleetStorageObjectState) {
    super(state)
    this.#state = state
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.method === "POST") return super.fetch(request)
    if (new URL(request.url).pathname === "/alarm") await this.alarm()
    const { sql } = this.#state.storage
    const [{ rows } = { rows: 0 }] = sql.exec("SELECT COUNT(*) AS rows FROM fleetmcp").toArray()
    return Response.json({ rows, alarm: await this.#state.storage.getAlarm() })
  }
}

export class BrokenObject {
  fetch(): never {
    throw new TypeError("on purpose")
  }
}

export class ForeignObject {
  fetch(): Response {
    return new Response("Nothing here", { status: 404 })
  }
}

async function inspect(object: ReturnType<DurableObjects["getByName"]>, path: string) {
  // `as`: what the class above answers; the driver's type of an object knows only what the driver asks.
  const ask = object.fetch as unknown as (url: string) => Promise<Response>
  const answer = await ask.call(object, `https://object.invalid${path}`)
  return (await answer.json()) as { readonly rows: number; readonly alarm: number | null }
}

async function rejects(act: () => unknown, code: string): Promise<void> {
  await assert.rejects(async () => act(), { code })
}

export default {
  /** Lists the tests, or runs the one of the number in the path. */
  async fetch(request: Request): Promise<Response> {
    const number = new URL(request.url).pathname.slice(1)
    if (number === "") return Response.json(tests.map(({ name }) => name))
    try {
      await tests[Number(number)]?.run()
      return new Response()
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 })
    }
  },
}
