import { expect, it } from "vitest"
import * as z from "zod"
import {
  type CallToolResult,
  createPrincipal,
  type FleetMCP,
  sessionId,
  sessionTools,
  stateKey,
} from "../../src/index.ts"
import { isStateless, type ProtocolRevision } from "../../src/spec/revisions.ts"
import { memoryStorage } from "../../src/storage/memory.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import type { TestClient } from "../../src/testing/index.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { everyTransport } from "./transports.ts"

const visits = stateKey("visits", z.number().default(0))

const hasSessions = (revision: ProtocolRevision) => !isStateless(revision)

function addCounters(mcp: FleetMCP): FleetMCP {
  mcp.tool({ name: "visit" }, (_, ctx) => ctx.state.update(visits, (count) => count + 1))
  mcp.tool({ name: "count" }, (_, ctx) => ctx.state.get(visits))
  mcp.tool({ name: "forget" }, async (_, ctx) => {
    await ctx.state.delete(visits)
    return String(await ctx.state.get("visits"))
  })
  return mcp
}

function addCart(mcp: FleetMCP): FleetMCP {
  mcp.add(...sessionTools())
  const input = z.object({ session: sessionId(z.string()), item: z.string() })
  mcp.tool({ name: "put", input }, async ({ session, item }, ctx) => {
    const cart = await ctx.sessions.open(session)
    return cart.update(items, (before) => [...before, item])
  })
  return mcp
}

const items = stateKey("items", z.array(z.string()).default([]))

function textOf({ content }: CallToolResult): string {
  const [block] = content
  return block?.type === "text" ? block.text : "?"
}

async function newSession(client: { callTool(name: string): Promise<CallToolResult> }): Promise<string> {
  return JSON.parse(textOf(await client.callTool("create_session"))).session
}

/** Somebody with a name, at a server of their own over the same storage: as at replicas behind one address. */
async function as(t: EraTools, name: string, { storage, add }: Replicas): Promise<TestClient> {
  const principal = await createPrincipal({ subject: name })
  const options = t.transport === "http" ? { auth: { authenticate: () => principal } } : {}
  const mcp = add(t.server({ ...options, storage }))
  return t.connect(mcp, t.transport === "http" ? {} : { principal })
}

interface Replicas {
  readonly storage: StorageDriver
  readonly add: (mcp: FleetMCP) => FleetMCP
}

/** Where callers can say who they are: nobody does over lines. */
const overNamed = everyTransport.filter(({ kind }) => kind === "memory" || kind === "http")

describeEras(
  "the state of a session",
  (t) => {
    it("lasts from one call to the next", async () => {
      const client = await t.connect(addCounters(t.server()))
      await client.callTool("visit")
      expect(textOf(await client.callTool("visit"))).toBe("2")
      expect(textOf(await client.callTool("count"))).toBe("2")
    })

    it("forgets what is deleted", async () => {
      const client = await t.connect(addCounters(t.server()))
      await client.callTool("visit")
      expect(textOf(await client.callTool("forget"))).toBe("undefined")
      expect(textOf(await client.callTool("count"))).toBe("0")
    })

    it("is none of another session's", async () => {
      const mcp = addCounters(t.server())
      const [ada, bob] = [await t.connect(mcp), await t.connect(mcp)]
      await ada.callTool("visit")
      expect(textOf(await bob.callTool("count"))).toBe("0")
    })

    it("loses none of many changes at once", async () => {
      const client = await t.connect(addCounters(t.server()))
      await Promise.all(Array.from({ length: 20 }, () => client.callTool("visit")))
      expect(textOf(await client.callTool("count"))).toBe("20")
    })

    it("is gone from the storage when the session ends", async () => {
      const storage = memoryStorage()
      const client = await t.connect(addCounters(t.server({ storage })))
      await client.callTool("visit")
      expect((await storage.list?.(""))?.keys).toHaveLength(1)
      client.close()
      await expect.poll(async () => (await storage.list?.(""))?.keys).toEqual([])
    })
  },
  { knows: hasSessions },
)

describeEras(
  "the state of a principal",
  (t) => {
    it("lasts from one client to the next, and is none of another's", async () => {
      const replicas = { storage: memoryStorage(), add: addCounters }
      await (await as(t, "ada", replicas)).callTool("visit")
      expect(textOf(await (await as(t, "ada", replicas)).callTool("visit"))).toBe("2")
      expect(textOf(await (await as(t, "bob", replicas)).callTool("count"))).toBe("0")
    })

    it("loses none of the changes that two servers make at once", async () => {
      const replicas = { storage: memoryStorage(), add: addCounters }
      const clients = [await as(t, "ada", replicas), await as(t, "ada", replicas)]
      await Promise.all([...clients, ...clients, ...clients].map((client) => client.callTool("visit")))
      expect(textOf(await (await as(t, "ada", replicas)).callTool("count"))).toBe("6")
    })
  },
  { knows: isStateless, over: overNamed },
)

describeEras(
  "state where nobody is known",
  (t) => {
    it("is refused with what to do instead", async () => {
      const client = await t.connect(addCounters(t.server()))
      const result = await client.callTool("visit")
      expect([result.isError, textOf(result)]).toEqual([true, expect.stringContaining("sessionTools()")])
    })
  },
  { knows: isStateless, over: everyTransport },
)

describeEras(
  "state under a handle",
  (t) => {
    it("lasts for whoever holds it where nobody is known, whichever client that is", async () => {
      const mcp = addCart(t.server())
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      const session = await newSession(one)
      await one.callTool("put", { session, item: "tea" })
      expect(textOf(await other.callTool("put", { session, item: "milk" }))).toBe('["tea","milk"]')
    })

    it("loses none of many changes at once", async () => {
      const client = await t.connect(addCart(t.server()))
      const session = await newSession(client)
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => client.callTool("put", { session, item: `${n}` })),
      )
      const all = JSON.parse(textOf(await client.callTool("put", { session, item: "last" })))
      expect(all.toSorted()).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "last"])
    })

    it("is unknown once it was ended, as one is that was never made, also where errors are masked", async () => {
      const client = await t.connect(addCart(t.server({ maskErrors: true })))
      const session = await newSession(client)
      await client.callTool("end_session", { session })
      const ended = await client.callTool("put", { session, item: "tea" })
      const made = await client.callTool("put", { session: "never", item: "tea" })
      expect(ended).toEqual(made)
      expect([ended.isError, textOf(ended)]).toEqual([true, expect.stringContaining("`create_session`")])
    })
  },
  { over: everyTransport },
)

describeEras(
  "a handle of a principal",
  (t) => {
    it("is nothing in another's hands", async () => {
      const replicas = { storage: memoryStorage(), add: addCart }
      const [ada, bob] = [await as(t, "ada", replicas), await as(t, "bob", replicas)]
      const session = await newSession(ada)
      const stolen = await bob.callTool("put", { session, item: "tea" })
      expect(stolen).toEqual(await bob.callTool("put", { session: "never", item: "tea" }))
      expect(await bob.callTool("end_session", { session })).toEqual(stolen)
      expect(textOf(await ada.callTool("put", { session, item: "tea" }))).toBe('["tea"]')
    })
  },
  { over: overNamed },
)
