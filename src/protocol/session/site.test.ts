import { describe, expect, it, vi } from "vitest"
import { silentChannel } from "../../../test/support/channel.ts"
import { countedSessions } from "../../../test/support/counted-sessions.ts"
import { settled } from "../../../test/support/timing.ts"
import { memorySessions } from "./memory-sessions.ts"
import type { SessionData, Sessions } from "./session.ts"
import { SessionSite } from "./site.ts"

const session: SessionData = {
  id: "a",
  owner: "anonymous",
  revision: "2025-11-25",
  capabilities: {},
  info: undefined,
  logLevel: undefined,
  subscriptions: [],
}

const channel = silentChannel()

async function siteOf(sessions: Sessions): Promise<SessionSite> {
  await sessions.store.create(session)
  const host = { onChange: () => () => undefined, onClose: () => () => undefined, onError: () => undefined }
  return new SessionSite(sessions, host)
}

it("a session remembers the last pages that it was asked to have visited, and no more than a hundred", async () => {
  const sessions = memorySessions()
  const site = await siteOf(sessions)
  for (let n = 0; n < 150; n++) await site.noteElicitations("a", [`page-${n}`, "again"])
  const { elicitations = [] } = (await sessions.store.get("a")) ?? {}
  expect([elicitations.length, elicitations[0], elicitations.includes("again")]).toEqual([
    100,
    "page-149",
    true,
  ])
})

describe("who waits for the end of a session", () => {
  it("is told of it once, and listens no more", async () => {
    const { sessions, counts } = countedSessions()
    const site = await siteOf(sessions)
    const run = vi.fn()
    site.onEnd("a", run)
    await site.end("a")
    await sessions.link.send("a", { kind: "end" })
    expect(run).toHaveBeenCalledOnce()
    expect(await counts()).toMatchObject({ listeners: 0 })
  })

  it("is told of one that ended before it asked", async () => {
    const { sessions, counts } = countedSessions()
    const site = await siteOf(sessions)
    await site.end("a")
    await new Promise<void>((resolve) => site.onEnd("a", resolve))
    expect(await counts()).toMatchObject({ listeners: 0 })
  })

  it("is told nothing once it does not wait any more", async () => {
    const { sessions } = countedSessions()
    const site = await siteOf(sessions)
    const run = vi.fn()
    site.onEnd("a", run)()
    await site.end("a")
    expect(run).not.toHaveBeenCalled()
  })

  it("is told nothing while the request is answered that opens it", async () => {
    const { sessions } = countedSessions()
    const site = await siteOf(sessions)
    const run = vi.fn()
    await site.open("b", async () => {
      site.onEnd("b", run)
      await settled()
      await site.begin({ ...session, id: "b" }, channel)
    })
    await settled()
    expect(run).not.toHaveBeenCalled()
  })

  it.each([
    ["is refused", () => "an error"],
    ["fails", () => Promise.reject(new Error("The store is gone."))],
  ])("is told of it when the request that opens it %s", async (_, answer) => {
    const { sessions, counts } = countedSessions()
    const site = await siteOf(sessions)
    const run = vi.fn()
    const opened = site.open("b", () => {
      site.onEnd("b", run)
      return answer()
    })
    await opened.catch(() => undefined)
    expect(run).toHaveBeenCalledOnce()
    expect(await counts()).toMatchObject({ listeners: 0 })
  })
})
