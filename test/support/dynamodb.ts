import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb"
// @ts-expect-error: it has no types.
import dynalite from "dynalite"

export interface Dynamodb {
  readonly endpoint: string
  /** Makes a client that is closed at the end. */
  readonly connect: () => DynamoDBClient
  /** Makes a table with the keys that `dynamodbStorage()` wants; returns its name. */
  readonly createTable: (name?: string) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Any: the server looks at none of them. */
export const credentials = { accessKeyId: "test", secretAccessKey: "test" }

/** Starts a DynamoDB on this machine. */
export async function startDynamodb(port = 0): Promise<Dynamodb> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 })
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  // `as`: it listens on a port.
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clients: DynamoDBClient[] = []
  const connect = () => {
    const client = new DynamoDBClient({ endpoint, region: "local", credentials })
    clients.push(client)
    return client
  }
  let tables = 0
  return {
    endpoint,
    connect,
    async createTable(name = `table-${tables++}`) {
      const client = connect()
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [
            { AttributeName: "pk", AttributeType: "S" },
            { AttributeName: "sk", AttributeType: "S" },
          ],
          KeySchema: [
            { AttributeName: "pk", KeyType: "HASH" },
            { AttributeName: "sk", KeyType: "RANGE" },
          ],
        }),
      )
      await waitUntilTableExists(
        { client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.05 },
        { TableName: name },
      )
      return name
    },
    async stop() {
      for (const client of clients) client.destroy()
      server.close()
      server.closeAllConnections?.()
      await once(server, "close")
    },
  }
}
