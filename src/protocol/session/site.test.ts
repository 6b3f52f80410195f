import { expect, it } from "vitest"
import { memorySessions } from "./memory-sessions.ts"
import type { SessionData } from "./session.ts"
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

it("a session remembers the last pages that it was asked to have visited, and no more than a hundred", async () => {
  const sessions = memorySessions()
  await sessions.store.create(session)
  const host = { onChange: () => () => undefined, onClose: () => () => undefined, onError: () => undefined }
  const site = new SessionSite(sessions, host)
  for (let n = 0; n < 150; n++) await site.noteElicitations("a", [`page-${n}`, "again"])
  const { elicitations = [] } = (await sessions.store.get("a")) ?? {}
  expect([elicitations.length, elicitations[0], elicitations.includes("again")]).toEqual([
    100,
    "page-149",
    true,
  ])
})
