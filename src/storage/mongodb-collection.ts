import { loadClient, opened, type Source } from "./server-storage.ts"

/** How a document lies in a collection. */
export interface MongoEntry {
  readonly _id: string
  readonly value: string
  readonly version: string
  /** `null` for never. */
  readonly expiresAt: Date | null
}

/** The part of a `Collection` of `mongodb` that a storage uses. */
export interface MongoCollection {
  /** Finds one document. */
  readonly findOne: (filter: object, options: object) => Promise<object | null>
  /** Finds documents. */
  readonly find: (filter: object, options: object) => { readonly toArray: () => Promise<object[]> }
  /** Changes one document, or makes it. */
  readonly updateOne: (
    filter: object,
    update: object,
    options: object,
  ) => Promise<{ readonly matchedCount: number }>
  /** Deletes one document. */
  readonly deleteOne: (filter: object, options: object) => Promise<{ readonly deletedCount: number }>
  /** Makes the index by which MongoDB deletes what has expired. */
  readonly createIndex: (keys: { expiresAt: 1 }, options: { expireAfterSeconds: 0 }) => Promise<unknown>
}

/** Where a collection is found that a storage opens itself. */
interface Place {
  readonly url: string
  readonly name: string
  readonly timeout: number
}

/** Opens a client by a connection string when it is first needed. */
export function openCollection(server: string, { url, name, timeout }: Place): Source<MongoCollection> {
  // A client has other connections than the one that owes an answer.
  const { use, close } = opened({
    name: server,
    async open() {
      const needed = { subpath: "fleetmcp/storage/mongodb", name: "mongodb" }
      const { MongoClient } = await loadClient(needed, () => import("mongodb"))
      const client = new MongoClient(url, {
        // It tries again until then, and only then says why it failed: soon enough to be heard.
        serverSelectionTimeoutMS: timeout * 0.8,
        connectTimeoutMS: timeout,
        socketTimeoutMS: timeout,
      })
      try {
        await client.connect()
      } catch (error) {
        // A client that could not connect at first never does: the next request opens another.
        await client.close()
        throw error
      }
      return { client, collection: client.db().collection(name) }
    },
    close: ({ client }) => client.close(),
  })
  return { close, use: async () => (await use()).collection }
}
