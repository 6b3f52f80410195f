/** The client of AWS against `dynamodbStorage()`: bare, a consistent `GetItem` and a `PutItem`. */
import { randomUUID } from "node:crypto"
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb"
import { DIST } from "../lib/dist.mjs"

const { dynamodbStorage } = await import(`${DIST}storage/dynamodb.js`)

export async function open(endpoint) {
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" }
  const connect = () => new DynamoDBClient({ endpoint, region: "local", credentials })
  const [own, other] = [connect(), connect()]
  const [bare, ours] = await Promise.all([createTable(own), createTable(own)])
  return { raw: items(own, bare), driver: dynamodbStorage({ table: ours, client: other }) }
}

async function createTable(client) {
  const TableName = `bench-${randomUUID()}`
  const attributes = ["pk", "sk"]
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.05 }, { TableName })
  return TableName
}

function items(client, TableName) {
  const keyOf = (key) => ({ pk: { S: "raw" }, sk: { S: key } })
  return {
    async get(key) {
      const input = { TableName, Key: keyOf(key), ConsistentRead: true }
      const { Item: item } = await client.send(new GetItemCommand(input))
      if (item === undefined) return undefined
      const expiresAt = Number(item.expiresAt.N)
      return expiresAt > Date.now() ? { value: item.value.S, version: item.version.S, expiresAt } : undefined
    },
    async set(key, value, ttl) {
      const version = randomUUID()
      const expiresAt = Date.now() + ttl
      const times = { expiresAt: { N: String(expiresAt) }, ttl: { N: String(Math.ceil(expiresAt / 1000)) } }
      const Item = { ...keyOf(key), value: { S: value }, version: { S: version }, ...times }
      await client.send(new PutItemCommand({ TableName, Item }))
      return version
    },
  }
}
