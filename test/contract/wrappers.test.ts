import { describe } from "vitest"
import {
  cached,
  compressed,
  encrypted,
  limited,
  logged,
  retried,
  type StorageDriver,
  ttl,
} from "../../src/storage/index.ts"
import { overMemory } from "./over-memory.ts"
import { storageContract } from "./storage.ts"

const year = 365 * 86_400_000
const wrappers: readonly ((driver: StorageDriver) => StorageDriver)[] = [
  (driver) => encrypted(driver, { secrets: ["a secret that is long enough to be one"] }),
  (driver) => compressed(driver, { minBytes: 100 }),
  (driver) => limited(driver, { maxValueBytes: 2 * 1024 * 1024 }),
  (driver) => ttl(driver, { min: 10, max: 20 * year }),
  (driver) => retried(driver),
  (driver) => logged(driver, () => undefined),
]

function stack(all: typeof wrappers): (driver: StorageDriver, now: () => number) => StorageDriver {
  return (driver, now) =>
    cached(
      all.reduce((inner, wrap) => wrap(inner), driver),
      { ttl: 50, now },
    )
}

describe.each([
  ["one way", stack(wrappers)],
  ["the other way", stack(wrappers.toReversed())],
])("all wrappers over each other, %s", (_way, wrap) => {
  storageContract(async () => ({ ...(await overMemory(wrap)()), staleMs: 50 }), { level: "atomic" })
})
