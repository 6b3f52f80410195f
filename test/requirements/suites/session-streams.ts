import { describe, expect } from "vitest"
import type { FleetMCP } from "../../../src/index.ts"
import { fetchEntry } from "../../http/entries.ts"
import { join } from "../../http/session-client.ts"
import { quietServer } from "../../support/server.ts"
import { deferred, settled } from "../../support/timing.ts"
import { requirement } from "../register.ts"

/** A server with a call that lasts until it is told to end. */
function lasting() {
  const mcp = quietServer()
  const end = deferred()
  const ended: string[] = []
  mcp.tool({ name: "last" }, async (_, ctx) => {
    ctx.progress(1)
    await end.promise
    ended.push(ctx.signal.aborted ? "aborted" : "done")
    return "done"
  })
  mcp.tool({ name: "poll" }, async (_, ctx) => {
    ctx.closeStream(25)
    await end.promise
    return "done"
  })
  return { mcp, end: () => end.resolve(), ended }
}

const session = (mcp: FleetMCP) => join(fetchEntry(mcp.fetch))

describe("streams of sessions", () => {
  requirement("S-094", "do not cancel their calls when they are lost", async () => {
    const { mcp, end, ended } = lasting()
    const client = await session(mcp)
    const stream = await client.stream("last")
    await stream.message()
    stream.leave()
    await settled()
    end()
    await settled()
    expect(ended).toEqual(["done"])
  })

  requirement("S-095", "begin with an id, may be let go, say when to come back, and go on", async () => {
    const { mcp, end } = lasting()
    const client = await session(mcp)
    const stream = await client.stream("poll")
    const first = await stream.next()
    expect([typeof first?.id, first?.message]).toEqual(["string", undefined])
    expect((await stream.next())?.retry).toBe(25)
    expect(await stream.next()).toBeUndefined()
    const rest = await client.listen(stream.last)
    end()
    expect((await rest.message()).result.content).toMatchObject([{ text: "done" }])
  })

  requirement("S-096", "are read on by an id that is theirs alone, and give nothing of others", async () => {
    const { mcp, end } = lasting()
    const client = await session(mcp)
    const streams = [await client.stream("last", {}, "one"), await client.stream("last", {}, "two")]
    for (const stream of streams) await stream.message()
    const [one, two] = streams.map(({ last }) => last)
    expect(one).not.toBe(two)
    for (const stream of streams) stream.leave()
    end()
    await settled()
    const back = await client.listen(two)
    expect((await back.rest()).map(({ id }) => id)).toEqual(["two"])
    const stranger = await session(mcp)
    const nothing = await stranger.listen(two)
    await stranger.end()
    expect(await nothing.rest()).toEqual([])
  })
})
