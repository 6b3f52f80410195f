import assert from "node:assert/strict"
import { isStateless } from "../../../src/spec/revisions.ts"
import { type Check, inSessions } from "../check.ts"

const uri = "test://text"
const lists = ["tools", "prompts", "resources"].map((list) => `notifications/${list}/list_changed`)

interface Change {
  readonly method: string
  readonly uri?: string | null
}

/** What a client hears unasked. These change the lists, so they come last. */
export const changeChecks: readonly Check[] = [
  {
    name: "hears of changed lists and of a resource it watches",
    async run(peer) {
      await peer.ask("watch", { uri })
      await peer.ask("callTool", { name: "change" })
      for (const list of lists) await peer.hears("changed", isChange({ method: list }))
      await peer.hears("changed", isChange({ method: "notifications/resources/updated", uri }))
    },
  },
  {
    name: "hears no more of what it stopped watching",
    async run(peer, { revision }) {
      await peer.ask("unwatch", { uri })
      const before = peer.heard("changed").length
      await peer.ask("callTool", { name: "change" })
      // In a session, lists that change are told after the resource, to all clients: so it would have been heard.
      const since = () => peer.heard("changed").slice(before)
      if (!isStateless(revision))
        await peer.hears("changed", () => lists.every((method) => since().some(isChange({ method }))))
      assert.deepEqual(since().filter(isChange({ method: "notifications/resources/updated", uri })), [])
    },
  },
  {
    name: "sees what was added",
    async run(peer) {
      const tools = JSON.stringify(await peer.ask("listTools"))
      assert.ok(tools.includes('"new_1"') && tools.includes('"new_2"'), tools)
    },
  },
  {
    name: "announces that its folders changed",
    unless: inSessions("notification of it"),
    run: (peer) => peer.ask("announceRoots").then(() => undefined),
  },
]

const isChange =
  (wanted: Change) =>
  (heard: unknown): boolean => {
    // `as`: the programs of interop/clients/ tell changes so.
    const change = heard as Change
    return change.method === wanted.method && (wanted.uri === undefined || change.uri === wanted.uri)
  }
