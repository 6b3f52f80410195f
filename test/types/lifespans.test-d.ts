import {
  type Context,
  contextKey,
  definePlugin,
  FleetMCP,
  type Lifespan,
  lifespan,
  type Principal,
  provide,
  tool,
} from "fleetmcp"
import { connect } from "fleetmcp/testing"
import { same } from "./same.ts"

interface Pool {
  readonly query: (sql: string) => Promise<readonly string[]>
  readonly end: () => Promise<void>
}

declare const pool: Pool

// The value is what the function returns, yields or starts; nobody writes a type.

const db = lifespan("db", async (server) => {
  same<string>()(server.name)
  same<AbortSignal>()(server.signal)
  return pool
})
same<Lifespan<Pool>>()(db)
same<Lifespan<Pool>>()(lifespan("db", () => pool))
same<Lifespan<Pool>>()(
  lifespan("db", async function* () {
    yield pool
    await pool.end()
  }),
)
same<Lifespan<Pool>>()(
  lifespan("db", {
    start: async (server) => {
      same<Pool>()(server.require(db))
      return pool
    },
    stop: (value) => value.end(),
  }),
)
// @ts-expect-error Property 'stop' is missing.
lifespan("db", { start: () => pool })
// @ts-expect-error Property 'close' does not exist on type 'Pool'.
lifespan("db", { start: () => pool, stop: (value) => value.close() })
// @ts-expect-error 'timeout' does not exist in type 'LifespanOptions'.
lifespan("db", () => pool, { timeout: 5 })
// There is no caller when a server starts.
// @ts-expect-error Property 'auth' does not exist on type 'LifespanServer'.
lifespan("db", (server) => server.auth)

// Servers and plugins take one, or several of any types.

const redis = lifespan("redis", () => 5)
export const mcp = new FleetMCP("x", { lifespan: [db, redis] })
new FleetMCP("x", { lifespan: db, plugins: [definePlugin({ id: "com.example/x", lifespan: [db, redis] })] })
// @ts-expect-error Type '() => Pool' is not assignable to type 'Lifespan | readonly Lifespan[]'.
new FleetMCP("x", { lifespan: () => pool })
same<Pool>()(mcp.require(db))
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'ContextKey<…>'.
mcp.require("db")

tool({ name: "t" }, (_, ctx) => {
  same<Pool>()(ctx.require(db))
  same<number>()(ctx.require(redis))
  // @ts-expect-error Property 'quer' does not exist on type 'Pool'.
  ctx.require(db).quer
  return ""
})

// What a dependency makes is what its key says, and it is made from what its scope knows.

const user = contextKey<{ readonly name: string }>("user")

export const users = [
  provide(user, (ctx) => {
    same<Context>()(ctx)
    return { name: "Ada" }
  }),
  provide(user, async function* (ctx) {
    same<Context>()(ctx)
    yield { name: "Ada" }
  }),
  provide(user, { start: async () => ({ name: "Ada" }), stop: ({ name }) => name.length }),
  provide(
    user,
    async (session) => {
      same<Principal | undefined>()(session.auth)
      const { query } = session.require(db)
      return { name: (await query("select"))[0] ?? "" }
    },
    { scope: "session" },
  ),
]
// @ts-expect-error Type 'number' is not assignable to type 'string'.
provide(user, () => ({ name: 5 }))
// @ts-expect-error Type 'Promise<{ name: number }>' is not assignable.
provide(user, async () => ({ name: 5 }))
// @ts-expect-error Property 'auth' does not exist on type 'ServerScope'.
provide(user, (server) => ({ name: server.auth?.subject ?? "" }), { scope: "server" })
// @ts-expect-error Type '"call"' is not assignable to type 'DependencyScope'.
provide(user, () => ({ name: "Ada" }), { scope: "call" })
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'ContextKey<…>'.
provide("user", () => ({ name: "Ada" }))

tool({ name: "t" }, async (_, ctx) => {
  same<{ readonly name: string }>()(await ctx.use(user))
  same<Pool>()(await ctx.use(db))
  // @ts-expect-error Property 'name' does not exist on type 'Promise<…>'.
  ctx.use(user).name
  return ""
})

// In a test, what stands for a lifespan is of its type.

await connect(mcp, { dependencies: [provide(db, () => pool)] })
// @ts-expect-error Type 'number' is not assignable to type 'Pool'.
await connect(mcp, { dependencies: [provide(db, () => 5)] })
