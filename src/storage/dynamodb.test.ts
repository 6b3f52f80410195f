import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { CreateTableCommand, GetItemCommand } from "@aws-sdk/client-dynamodb"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { drivers } from "../../test/contract/drivers.ts"
import { driverContract } from "../../test/contract/storage.ts"
import { credentials, type Dynamodb, startDynamodb } from "../../test/support/dynamodb.ts"
import { MissingTable, StorageThrottled } from "../errors/cloud-storage.ts"
import { CorruptValue, ValueTooLarge } from "../errors/storage.ts"
import { StorageRefused, StorageUnavailable } from "../errors/storage-backends.ts"
import type { StorageWork } from "../testing/contract/storage-work.ts"
import { createAtomic } from "./atomic.ts"
import { dynamodbStorage } from "./dynamodb.ts"
import { absent, type StorageDriver } from "./storage.ts"

let dynamodb: Dynamodb

beforeAll(async () => {
  dynamodb = await startDynamodb()
})

afterAll(() => dynamodb.stop())

driverContract(drivers.dynamodbStorage, async () => {
  let time = Date.now()
  const now = () => time
  const table = await dynamodb.createTable()
  return {
    driver: dynamodbStorage({ table, client: dynamodb.connect(), now }),
    peer: dynamodbStorage({ table, client: dynamodb.connect(), now }),
    maxValueBytes: 390_000,
    otherProcess: (work) => workElsewhere(table, work),
    advance(ms: number) {
      time += ms
    },
  }
})

async function workElsewhere(table: string, work: StorageWork): Promise<readonly string[]> {
  const place = { table, endpoint: dynamodb.endpoint, region: "local", work }
  const args = ["--import", "tsx", "test/contract/fixtures/dynamodb-process.ts", JSON.stringify(place)]
  const { accessKeyId, secretAccessKey } = credentials
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  })
  return JSON.parse(stdout)
}

describe("dynamodbStorage", () => {
  it("leaves a client that it was given open", async () => {
    const table = await dynamodb.createTable()
    const client = dynamodb.connect()
    const destroy = vi.spyOn(client, "destroy")
    const storage = dynamodbStorage({ table, client })
    await storage.write("key", "value")
    await storage.close?.()
    expect(destroy).not.toHaveBeenCalled()
    expect(await storage.get("key")).toMatchObject({ value: "value" })
  })

  it("opens a client itself, and a new one after it was closed", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", credentials.accessKeyId)
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey)
    onTestFinished(() => void vi.unstubAllEnvs())
    const table = await dynamodb.createTable()
    const storage = dynamodbStorage({ table, endpoint: dynamodb.endpoint, region: "local" })
    onTestFinished(() => storage.close?.())
    await storage.write("key", "value")
    await storage.close?.()
    expect(await storage.get("key")).toMatchObject({ value: "value" })
  })

  it("tells DynamoDB by the second when an entry may be deleted", async () => {
    const table = await dynamodb.createTable()
    const client = dynamodb.connect()
    const storage = dynamodbStorage({ table, client, now: () => 1_700_000_000_500 })
    await storage.write("a", "value", { ttl: 1000 })
    const key = { pk: { S: "fleetmcp#0" }, sk: { S: "a" } }
    const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: key }))
    expect(item).toMatchObject({ ttl: { N: "1700000002" }, expiresAt: { N: "1700000001500" } })
  })

  it("adds to a number that was written as a text, and takes no other text for one", async () => {
    const { storage } = await setup()
    for (const text of ["00", "-0", "+1", "1e3", "0x1", " 1", "9007199254740993", "12345678901234567890"]) {
      await storage.write("key", text)
      expect(await storage.get("key")).toMatchObject({ value: text })
    }
    await expect(storage.increment?.("key", 1)).rejects.toThrow(CorruptValue)
  })

  it("refuses a value that does not fit into an item, and names its key and size", async () => {
    const { storage } = await setup()
    const writing = async () => storage.write("report", "ä".repeat(210_000))
    await expect(writing()).rejects.toThrow(ValueTooLarge)
    await expect(writing()).rejects.toThrow(/`report` takes 420000 bytes; DynamoDB keeps at most 408576/)
    const largest = "x".repeat(408_576)
    await storage.write("k".repeat(512), largest, { ttl: 1000 })
    expect((await storage.get("k".repeat(512)))?.value).toHaveLength(largest.length)
  })
})

describe("dynamodbStorage, when something is wrong", () => {
  it("says how to create a table that is missing", async () => {
    const storage = dynamodbStorage({ table: "nowhere", client: dynamodb.connect() })
    for (const act of all(storage)) {
      await expect(act()).rejects.toThrow(MissingTable)
      await expect(act()).rejects.toThrow(
        /aws dynamodb create-table --table-name nowhere .*AttributeName=sk,KeyType=RANGE/,
      )
    }
  })

  it("says the same of a table that has other keys", async () => {
    const client = dynamodb.connect()
    await client.send(
      new CreateTableCommand({
        TableName: "foreign",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    )
    const storage = dynamodbStorage({ table: "foreign", client })
    for (const act of all(storage)) await expect(act()).rejects.toThrow(MissingTable)
  })

  it.each([
    ["ProvisionedThroughputExceededException", StorageThrottled],
    ["ThrottlingException", StorageThrottled],
    ["RequestLimitExceeded", StorageThrottled],
    ["AccessDeniedException", StorageRefused],
    ["InternalServerError", StorageUnavailable],
  ])("tells of %s, and keeps it as the cause", async (name, expected) => {
    const cause = Object.assign(new TypeError("on purpose"), {
      name,
      $fault: name === "InternalServerError" ? "server" : "client",
    })
    const storage = dynamodbStorage({ table: "any", client: { send: () => Promise.reject(cause) } })
    const failure = await Promise.resolve(storage.get("key")).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(expected)
    expect(failure).toMatchObject({ cause, message: expect.stringContaining("`any` of DynamoDB") })
  })

  it("is there again when the server is", async () => {
    const first = await startDynamodb()
    const table = await first.createTable("again")
    const client = dynamodb.connect()
    client.config.endpoint = async () => ({
      protocol: "http:",
      hostname: "127.0.0.1",
      port: Number(new URL(first.endpoint).port),
      path: "/",
    })
    const storage = dynamodbStorage({ table, client })
    await storage.write("key", "value")
    await first.stop()
    await expect((async () => storage.get("key"))()).rejects.toThrow(StorageUnavailable)
    const second = await startDynamodb(Number(new URL(first.endpoint).port))
    onTestFinished(() => second.stop())
    await second.createTable("again")
    await storage.write("key", "value")
    expect(await storage.get("key")).toMatchObject({ value: "value" })
  })
})

describe("dynamodbStorage, when an answer is lost and the SDK asks again", () => {
  it("knows that the write was its own", async () => {
    const { storage, loseAnswer } = await setup()
    loseAnswer()
    const version = await storage.write("key", "value", { if: absent })
    expect(version).toBeDefined()
    expect(await storage.get("key")).toMatchObject({ version })
    loseAnswer()
    expect(await storage.write("key", "other", { if: version })).toBeDefined()
  })

  it("adds once", async () => {
    const { storage, loseAnswer } = await setup()
    await storage.increment?.("key", 1)
    loseAnswer()
    expect(await storage.increment?.("key", 1)).toBe(2)
    expect(await storage.get("key")).toMatchObject({ value: "2" })
  })

  it("does not say of a value that it took that another did", async () => {
    const { storage, loseAnswer } = await setup()
    const version = await storage.write("key", "once")
    loseAnswer()
    await expect((async () => storage.write("key", undefined, { if: version }))()).rejects.toThrow(
      StorageUnavailable,
    )
    expect(await storage.get("key")).toBeUndefined()
    expect(await createAtomic(storage).take("key")).toBeUndefined()
  })
})

interface Setup {
  readonly storage: StorageDriver
  /** The next answer does not arrive. */
  readonly loseAnswer: () => void
}

async function setup(): Promise<Setup> {
  const client = dynamodb.connect()
  let losing = false
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args)
      if (!losing) return answer
      losing = false
      throw Object.assign(new TypeError("socket hang up"), { code: "ECONNRESET" })
    },
    { step: "deserialize", priority: "high" },
  )
  const table = await dynamodb.createTable()
  return {
    storage: dynamodbStorage({ table, client }),
    loseAnswer() {
      losing = true
    },
  }
}

/** Each kind of request once. */
function all(storage: StorageDriver): readonly (() => Promise<unknown>)[] {
  return [
    async () => storage.get("key"),
    async () => storage.write("key", "value"),
    async () => storage.write("key", undefined, { if: absent }),
    async () => storage.list?.("k"),
    async () => storage.increment?.("key", 1),
  ]
}
