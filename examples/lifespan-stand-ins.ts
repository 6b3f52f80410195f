/** Stands for a database: as much of the pool of `pg` as the example uses, in memory. */
export class Pool {
  readonly url: string
  isEnded = false
  #orders: readonly Order[] = []

  constructor(url: string) {
    this.url = url
  }

  async query(sql: string): Promise<{ readonly rows: readonly Order[] }> {
    return { rows: sql.startsWith("select") ? this.#orders : [] }
  }

  /** Gives a connection, whose orders count when it says `commit`. */
  async connect(): Promise<{
    query(sql: string, values?: readonly string[]): Promise<void>
    release(): void
  }> {
    let orders = this.#orders
    return {
      query: async (sql, values = []) => {
        if (sql.startsWith("insert")) orders = [...orders, { id: orders.length + 1, item: String(values[0]) }]
        if (sql === "commit") this.#orders = orders
      },
      release: () => undefined,
    }
  }

  async end(): Promise<void> {
    this.isEnded = true
  }
}

interface Order {
  readonly id: number
  readonly item: string
}

/** Stands for a client of Redis, in memory. */
export async function connectCache({ signal }: { readonly signal: AbortSignal }): Promise<Cache> {
  signal.throwIfAborted()
  return new Cache()
}

class Cache {
  isDisposed = false
  readonly #values: Map<string, readonly Order[]> = new Map()

  async get(key: string): Promise<readonly Order[] | undefined> {
    return this.#values.get(key)
  }

  async set(key: string, value: readonly Order[]): Promise<void> {
    this.#values.set(key, value)
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true
  }
}
