import { mongoStorage } from "../../src/storage/mongodb.ts"
import { postgresStorage } from "../../src/storage/postgres.ts"
import { redisStorage } from "../../src/storage/redis.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"

type Open = (options: { readonly url: string; readonly timeout: number }) => StorageDriver

/** Storages that open their connections themselves, by the names of their servers. */
export const drivers: ReadonlyMap<string, Open> = new Map<string, Open>([
  ["Redis", redisStorage],
  ["PostgreSQL", ({ url, timeout }) => postgresStorage({ connectionString: url, timeout })],
  ["MongoDB", mongoStorage],
])
