import type { AttributeValue } from "@aws-sdk/client-dynamodb"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { StorageContention } from "../errors/storage.ts"
import { assertFits } from "./byte-limit.ts"
import { deadlineOf } from "./deadline.ts"
import { type Condition, type DynamodbClient, DynamodbTable, type Item, type Key } from "./dynamodb-table.ts"
import { listShards, shardOf } from "./shard.ts"
import { absent, addCount, type StorageDriver, type Version, type WriteOptions } from "./storage.ts"

/** Which table, and who speaks with it. */
export interface DynamodbStorageOptions {
  /** The name of the table, or its ARN. */
  readonly table: string
  /** A client that is open; it stays yours. Default: one of its own, which `close()` ends. */
  readonly client?: DynamodbClient | undefined
  /** The region of its own client. Default: that of the environment, as the SDK finds it. */
  readonly region?: string | undefined
  /** Where its own client sends requests, such as `http://127.0.0.1:8000`. Default: AWS. */
  readonly endpoint?: string | undefined
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

const known: KnownOptions = {
  kinds: { table: "string", client: "object", region: "string", endpoint: "string", now: "function" },
  required: ["table"],
}

/**
 * Makes a storage in a table of DynamoDB: atomic, read consistently, shared by all who use the table. The table has
 * the texts `pk` and `sk` as keys, and the TTL attribute `ttl`.
 *
 * @param options `table`, and `client` or `region` and `endpoint`.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant, or there is no `table`.
 * @throws {MissingTable} by its methods, as the others: the table does not exist, or has other keys
 * @throws {ValueTooLarge} A value does not fit into the 400 KB of an item.
 * @throws {StorageThrottled} The table has no capacity left.
 * @throws {StorageRefused} DynamoDB does not allow what was asked.
 * @throws {StorageUnavailable} DynamoDB was not reached.
 * @throws {MissingStorageClient} `@aws-sdk/client-dynamodb` is not installed.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 * @example
 * const storage = dynamodbStorage({ table: "fleetmcp", region: "eu-central-1" })
 */
export function dynamodbStorage(options: DynamodbStorageOptions): StorageDriver {
  assertOptions("`dynamodbStorage()`", options, known)
  const table = new DynamodbTable(options)
  const now = options.now ?? Date.now
  return {
    atomic: true,
    listable: true,
    minTtl: 0,
    async get(key) {
      const item = await table.get(keyOf(key))
      if (item === undefined || hasExpired(item, now())) return undefined
      return { value: textOf(item), version: item.version?.S ?? "", expiresAt: expiryOf(item) }
    },
    write: (key, value, writeOptions) => write(table, { key, value, now: now() }, writeOptions),
    list(prefix, listOptions) {
      const filter = { expression: isLive, values: atTime(now()) }
      return listShards(
        (shard, after, limit) => table.query({ partition: partitionOf(shard), prefix, after, limit, filter }),
        listOptions,
      )
    },
    increment: (key, by, writeOptions) => increment(table, { key, by, now }, writeOptions?.ttl),
    close: () => table.close(),
  }
}

export type { DynamodbClient }

/** What DynamoDB takes for an item: 400 KB, names of attributes included. */
const maxItemBytes = 400 * 1024
/** Names, key, version and times, of which the key may take 512. */
const maxBytes: number = maxItemBytes - 1024

interface Writing {
  readonly key: string
  readonly value: string | undefined
  readonly now: number
}

async function write(
  table: DynamodbTable,
  { key, value, now }: Writing,
  options: WriteOptions = {},
): Promise<Version | undefined> {
  const condition = options.if === undefined ? undefined : conditionOf(options.if, now)
  if (value === undefined) return (await table.delete(keyOf(key), condition)) ? absent : undefined
  assertFits(key, value, { of: "DynamoDB", bytes: maxBytes })
  const version = crypto.randomUUID()
  const item: Key = {
    ...keyOf(key),
    value: toAttribute(value),
    version: { S: version },
    ...toDeadline(deadlineOf(now, options.ttl)),
  }
  return (await table.put(item, condition)) ? version : undefined
}

const isLive = "(attribute_not_exists(expiresAt) OR expiresAt > :now)"

function conditionOf(version: Version, now: number): Condition {
  return version === absent
    ? { expression: "attribute_not_exists(pk) OR expiresAt <= :now", values: atTime(now) }
    : {
        expression: `version = :version AND ${isLive}`,
        values: { ...atTime(now), ":version": { S: version } },
      }
}

function atTime(now: number): Item {
  return { ":now": { N: String(now) } }
}

/** How often an addition is tried between those who delete the number or let it expire. */
const maxAttempts = 8

/** Adds where a number is, else starts one where nothing is; who meets another at that tries again. */
async function increment(
  table: DynamodbTable,
  { key, by, now }: { readonly key: string; readonly by: number; readonly now: () => number },
  ttl: number | undefined,
): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const sum = await add(table, { key, by, now: now() })
    if (sum !== undefined) return sum
    const start = { key, value: String(by), now: now() }
    if ((await write(table, start, { if: absent, ttl })) !== undefined) return by
    const item = await table.get(keyOf(key))
    // Says what is wrong with what is there, if anything is.
    if (item !== undefined && !hasExpired(item, now())) addCount(key, textOf(item), by)
  }
  throw new StorageContention(key, maxAttempts)
}

async function add(
  table: DynamodbTable,
  { key, by, now }: { readonly key: string; readonly by: number; readonly now: number },
): Promise<number | undefined> {
  const version = { S: crypto.randomUUID() }
  const item = await table.update(keyOf(key), {
    version,
    change: "SET #value = #value + :by, version = :version",
    names: { "#value": "value" },
    // An addition that got no answer is sent again: it must not count twice.
    expression: `#value BETWEEN :least AND :most AND version <> :version AND ${isLive}`,
    values: {
      ...atTime(now),
      ":by": { N: String(by) },
      // Of numbers alone, and such as leave room for the sum.
      ":least": { N: String(Number.MIN_SAFE_INTEGER - Math.min(by, 0)) },
      ":most": { N: String(Number.MAX_SAFE_INTEGER - Math.max(by, 0)) },
      ":version": version,
    },
  })
  return item === undefined ? undefined : Number(textOf(item))
}

function keyOf(key: string): Key {
  return { pk: { S: partitionOf(shardOf(key)) }, sk: { S: key } }
}

/** Other programs may have items in the same table, as is the custom. */
function partitionOf(shard: number): string {
  return `fleetmcp#${shard}`
}

/** Whole numbers are numbers, so that DynamoDB can add to them; those that it would write otherwise are texts. */
function toAttribute(text: string): AttributeValue {
  return /^(0|-?[1-9]\d{0,15})$/.test(text) ? { N: text } : { S: text }
}

function textOf({ value }: Item): string {
  return value?.S ?? value?.N ?? ""
}

function toDeadline(expiresAt: number | undefined): Item {
  if (expiresAt === undefined) return {}
  // DynamoDB deletes by the second, and up to days late: what is read goes by the milliseconds.
  return { expiresAt: { N: String(expiresAt) }, ttl: { N: String(Math.ceil(expiresAt / 1000)) } }
}

function expiryOf({ expiresAt }: Item): number | undefined {
  return expiresAt?.N === undefined ? undefined : Number(expiresAt.N)
}

function hasExpired(item: Item, now: number): boolean {
  return (expiryOf(item) ?? Number.POSITIVE_INFINITY) <= now
}
