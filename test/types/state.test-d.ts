import { type Context, sessionId, sessionTools, stateKey, tool } from "fleetmcp"
import * as z from "zod"
import { same } from "./same.ts"

declare const ctx: Context

const visits = stateKey("visits", z.number().default(0))
const cart = stateKey(
  "cart",
  z.array(z.object({ item: z.string(), at: z.iso.datetime().transform((text) => new Date(text)) })),
)
const plain = stateKey("plain", { type: "object", properties: { name: { type: "string" } } } as const)

// What is kept, the schema says; `undefined` is among it unless there is a default.
same<number>()(await ctx.state.get(visits))
same<{ item: string; at: Date }[] | undefined>()(await ctx.state.get(cart))
same<{ name?: string } | undefined>()(await ctx.state.get(plain))
same<number>()(await ctx.state.update(visits, (count) => count + 1))

// Of a text nothing is known.
same<unknown>()(await ctx.state.get("visits"))
// @ts-expect-error Type 'number' does not satisfy the constraint 'string | StateKey'.
await ctx.state.get<number>("visits")

// What is written is what the schema takes.
await ctx.state.set(cart, [{ item: "tea", at: "2026-11-23T12:00:00Z" }])
// @ts-expect-error Type 'Date' is not assignable to type 'string'.
await ctx.state.set(cart, [{ item: "tea", at: new Date() }])
// @ts-expect-error Type 'string' is not assignable to type 'number'.
await ctx.state.update(visits, () => "one")
await ctx.state.update(visits, () => undefined)
await ctx.state.set("anything", { a: [1] }, { ttl: 1000 })
// @ts-expect-error 'ttlMs' does not exist in type 'StateOptions'.
await ctx.state.set("anything", 1, { ttlMs: 1000 })

const session = await ctx.sessions.open("id")
same<number>()(await session.get(visits))
same<string>()(session.id)

// The schema stays what it was.
tool({ name: "t", input: z.object({ session: sessionId(z.string()) }) }, ({ session: id }) => {
  same<string>()(id)
  return id
})
const [create] = sessionTools()
same<"create_session">()(create.name)

same<string | undefined>()(ctx.request.credentials?.get("authorization"))
same<string | undefined>()(ctx.request.transport)
