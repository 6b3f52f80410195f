import { describe, expect, it, vi } from "vitest"
import { countedSessions } from "../../../test/support/counted-sessions.ts"
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
})
