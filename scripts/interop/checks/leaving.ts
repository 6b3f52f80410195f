import assert from "node:assert/strict"
import { type Check, textOf } from "../check.ts"

export const leaveChecks: readonly Check[] = [
  {
    name: "leaves while it watches, and its server over stdio ends by itself",
    async run(peer, { transport, written }) {
      const pid = textOf(await peer.ask("callTool", { name: "pid" }))
      await peer.ask("watch", { uri: "test://bytes" })
      await peer.ask("close")
      if (transport === "http") return
      const ended = written("endings")
      assert.ok(ended.includes(pid), "the server was ended by a signal")
      assert.ok(ended.includes("db"), "the lifespan was not ended")
    },
  },
]
