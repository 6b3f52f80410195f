import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { MissingTable, StorageThrottled } from "../errors/cloud-storage.ts"
import { MissingStorageClient, StorageRefused, StorageUnavailable } from "../errors/storage-backends.ts"
import type { ShardPage } from "./shard.ts"

/** A client of the AWS SDK v3, as far as it is used: a `DynamoDBClient`, `DynamoDB` or `DynamoDBDocumentClient`. */
export interface DynamodbClient {
  /** Sends a command of the SDK. */
  send(command: never): Promise<unknown>
}

/** The attributes of an item. */
export interface Item {
  readonly [name: string]: AttributeValue
}

/** The attributes that every item has. */
export interface Key extends Item {
  readonly pk: AttributeValue
  readonly sk: AttributeValue
}

/** What must hold for a write. */
export interface Condition {
  readonly expression: string
  readonly values: Item
}

interface Update extends Condition {
  readonly change: string
  readonly names: { readonly [placeholder: string]: string }
  /** The version that the item gets. */
  readonly version: AttributeValue
}

interface Query {
  readonly partition: string
  readonly prefix: string
  readonly after: string | undefined
  readonly limit: number
  readonly filter: Condition
}

interface Place {
  readonly table: string
  readonly client?: DynamodbClient | undefined
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
}

type Sdk = typeof import("@aws-sdk/client-dynamodb")

/** The requests to one table, with errors that say what to do. */
export class DynamodbTable {
  readonly #place: Place
  #sdk: Promise<Sdk> | undefined
  #own: DynamoDBClient | undefined

  constructor(place: Place) {
    this.#place = place
  }

  async get(key: Key): Promise<Item | undefined> {
    const input = { Key: key, ConsistentRead: true }
    const { Item: item } = await this.#send<{ Item?: Item }>(
      ({ GetItemCommand }, table) => new GetItemCommand({ ...table, ...input }),
    )
    return item
  }

  /** Returns whether the condition held. */
  async put(item: Key, condition?: Condition): Promise<boolean> {
    const input = { Item: item, ...toInput(condition) }
    const written = await this.#write(
      ({ PutItemCommand }, table) => new PutItemCommand({ ...table, ...input }),
      item,
    )
    return written !== undefined
  }

  /** Returns whether the condition held. */
  async delete(key: Key, condition?: Condition): Promise<boolean> {
    const input = { Key: key, ...toInput(condition) }
    const written = await this.#write(
      ({ DeleteItemCommand }, table) => new DeleteItemCommand({ ...table, ...input }),
      key,
    )
    return written !== undefined
  }

  /** Returns the item as it is then; `undefined` where the condition did not hold. */
  async update(key: Key, { change, names, version, ...condition }: Update): Promise<Item | undefined> {
    const input = {
      Key: key,
      UpdateExpression: change,
      ExpressionAttributeNames: names,
      ReturnValues: "ALL_NEW" as const,
      ...toInput(condition),
    }
    const written = await this.#write(
      ({ UpdateItemCommand }, table) => new UpdateItemCommand({ ...table, ...input }),
      { ...key, version },
    )
    return written?.Attributes
  }

  async query(query: Query): Promise<ShardPage> {
    const { partition, prefix, after, limit, filter } = query
    // DynamoDB takes no empty text for a key, so that all keys are a condition of their own.
    const start = prefix === "" ? undefined : { ":prefix": { S: prefix } }
    const input = {
      KeyConditionExpression: start === undefined ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
      FilterExpression: filter.expression,
      ExpressionAttributeValues: { ":pk": { S: partition }, ...start, ...filter.values },
      ProjectionExpression: "sk",
      ConsistentRead: true,
      Limit: limit,
      ...(after === undefined
        ? undefined
        : { ExclusiveStartKey: { pk: { S: partition }, sk: { S: after } } }),
    }
    const { Items: items = [], LastEvaluatedKey: last } = await this.#send<{
      Items?: readonly Item[]
      LastEvaluatedKey?: Item
    }>(({ QueryCommand }, table) => new QueryCommand({ ...table, ...input }))
    return { keys: items.flatMap(({ sk }) => sk?.S ?? []), last: last?.sk?.S }
  }

  close(): void {
    this.#own?.destroy()
    this.#own = undefined
  }

  /** Sends a write; `undefined` where its condition did not hold. */
  async #write(
    make: Make,
    { pk, sk, version }: Key,
  ): Promise<{ readonly Attributes?: Item | undefined } | undefined> {
    try {
      return await this.#send<{ Attributes?: Item }>(make)
    } catch (error) {
      if (!isConditionFailure(error)) throw error
      if ((error.$metadata?.attempts ?? 1) === 1) return undefined
      // The SDK repeated what got no answer, and what stands in the way may be what it wrote before.
      const found = await this.get({ pk, sk })
      if (version !== undefined && found?.version?.S === version.S) return { Attributes: found }
      throw new StorageUnavailable(titleOf(this.#place), "a write got no answer", error)
    }
  }

  async #send<Output>(make: Make): Promise<Output> {
    const { table, client } = this.#place
    this.#sdk ??= loadSdk()
    const sdk = await this.#sdk
    try {
      // `as`: the types of the SDK tie each command to its answer; ours know a client by one method.
      const command = make(sdk, { TableName: table }) as never
      return (await (client ?? this.#open(sdk)).send(command)) as Output
    } catch (error) {
      throw toFailure(this.#place, error)
    }
  }

  #open({ DynamoDBClient }: Sdk): DynamodbClient {
    const { region, endpoint } = this.#place
    this.#own ??= new DynamoDBClient({
      ...(region === undefined ? undefined : { region }),
      ...(endpoint === undefined ? undefined : { endpoint }),
      // The SDK waits for ever unless it is told.
      requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000 },
    })
    return this.#own
  }
}

type Make = (sdk: Sdk, table: { readonly TableName: string }) => object

async function loadSdk(): Promise<Sdk> {
  try {
    return await import("@aws-sdk/client-dynamodb")
  } catch (cause) {
    throw new MissingStorageClient("fleetmcp/storage/dynamodb", "@aws-sdk/client-dynamodb", cause)
  }
}

function toInput(condition: Condition | undefined): object {
  return condition === undefined
    ? {}
    : {
        ConditionExpression: condition.expression,
        ExpressionAttributeValues: condition.values,
      }
}

interface ConditionFailure extends Error {
  readonly $metadata?: { readonly attempts?: number }
}

function isConditionFailure(error: unknown): error is ConditionFailure {
  return error instanceof Error && error.name === "ConditionalCheckFailedException"
}

function toFailure(place: Place, error: unknown): unknown {
  if (isConditionFailure(error)) return error
  if (!(error instanceof Error)) return new StorageUnavailable(titleOf(place), String(error), error)
  switch (error.name) {
    case "ResourceNotFoundException":
      return new MissingTable(place.table, error)
    case "ProvisionedThroughputExceededException":
    case "RequestLimitExceeded":
    case "ThrottlingException":
      return new StorageThrottled(titleOf(place), error)
  }
  if (
    error.name === "ValidationException" &&
    /\bkey (element|schema|condition)\b|\bfor key\b|\bmissing the key\b/i.test(error.message)
  )
    return new MissingTable(place.table, error)
  // How the SDK says whose fault an answer is; where there was none it says nothing.
  const isRefusal = "$fault" in error && error.$fault === "client"
  return new (isRefusal ? StorageRefused : StorageUnavailable)(titleOf(place), error.message, error)
}

function titleOf({ table }: Place): string {
  return `The table \`${table}\` of DynamoDB`
}
