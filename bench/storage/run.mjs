/**
 * The child's side of the storage rows: does one kind of work with a driver, or with the bare client of the same
 * storage, for as long as the parent says. Both live in this process, so that what they share is as warm for the one as
 * for the other.
 */
import { randomUUID } from "node:crypto"

const [, , name, url] = process.argv
const { open } = await import(`./${name}.mjs`)
const { raw, driver } = await open(url)

const TTL = 3_600_000
const VALUE = JSON.stringify({ id: randomUUID(), cart: Array(6).fill({ article: "4711", amount: 2 }) })
const numbered = (prefix) => Array.from({ length: 128 }, (_, index) => `${prefix}-${index}`)
const KEYS = numbered("key")
const MISSING = numbered("missing")

const ours = { get: (key) => driver.get(key), set: (key, value, ttl) => driver.write(key, value, { ttl }) }
/** `raw:2` does what `raw` does: how far they are apart is what the figures scatter by. */
const STORES = { raw, "raw:2": raw, fleetmcp: ours }

const isThere = (result) => result !== undefined
const WORKS = {
  get: { keys: KEYS, run: (store, key) => store.get(key), isRight: isThere },
  miss: { keys: MISSING, run: (store, key) => store.get(key), isRight: (result) => result === undefined },
  set: { keys: KEYS, run: (store, key) => store.set(key, VALUE, TTL), isRight: isThere },
}

/** Writes all keys and reads them again. */
async function fill(store) {
  for (const key of KEYS) await store.set(key, VALUE, TTL)
  for (const key of KEYS) {
    const { value, version, expiresAt } = await store.get(key)
    const isWhole = value === VALUE && typeof version === "string" && expiresAt > Date.now()
    if (!isWhole) throw new TypeError(`\`${key}\` does not hold what was written`)
  }
  if ((await store.get(MISSING[0])) !== undefined) throw new TypeError("a missing key holds something")
}

async function slice({ store, work, inFlight, ms, limit = Number.POSITIVE_INFINITY }) {
  const used = process.cpuUsage()
  const started = performance.now()
  const task = { ...WORKS[work], store: STORES[store], deadline: started + ms, next: 0 }
  const parts = await Promise.all(Array.from({ length: inFlight }, () => lane(task, limit / inFlight)))
  const elapsed = performance.now() - started
  const { user, system } = process.cpuUsage(used)
  const sum = (field) => parts.reduce((total, part) => total + part[field], 0)
  return { requests: sum("requests"), errors: sum("errors"), ms: elapsed, cpu: user + system }
}

/** One piece of work after the other. The clock is read every half millisecond or so, however short they are. */
async function lane(task, limit) {
  const { keys, run, isRight, store, deadline } = task
  let [requests, errors, batch] = [0, 0, 1]
  for (let now = performance.now(); now < deadline && requests < limit; ) {
    for (let index = 0; index < batch; index++) {
      const result = run(store, keys[task.next++ % keys.length])
      // A storage in memory answers at once, and whoever knows that waits for nothing.
      if (!isRight(result instanceof Promise ? await result : result)) errors++
    }
    requests += batch
    const before = now
    now = performance.now()
    if (now - before < 0.5) batch *= 2
  }
  return { requests, errors }
}

for (const store of [raw, ours]) await fill(store)
process.on("disconnect", () => process.exit(0))
process.on("message", async (command) => process.send({ slice: await slice(command) }))
process.send({ ready: true, wire: "storage" })
