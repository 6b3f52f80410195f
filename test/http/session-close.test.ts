import { expect, it } from "vitest"
import { describeEntries } from "./entries.ts"
import { quietServer } from "./server.ts"
import { join } from "./session-client.ts"

describeEntries("a server that closes", (serve) => {
  it("ends the streams of sessions, and opens none", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "poll" }, (_, ctx) => {
      ctx.closeStream()
      return new Promise<string>(() => undefined)
    })
    const client = await join(await serve(mcp))
    const standing = await client.listen()
    const stream = await client.stream("poll")
    await stream.rest()
    const back = await client.listen(stream.last)
    await mcp.close({ graceMs: 0 })
    expect(await standing.rest()).toEqual([])
    await back.rest()
    expect((await client.listen()).answer.status).toBe(503)
  })
})
