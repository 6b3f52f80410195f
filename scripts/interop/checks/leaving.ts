import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { type Check, saying } from "../check.ts"
import { assertMatches } from "../matches.ts"

export const leaveChecks: readonly Check[] = [
  {
    name: "leaves while it watches, and its server over stdio ends by itself",
    async run(peer, { transport, endings }) {
      const answer = await peer.ask("callTool", { name: "pid" })
      assertMatches(answer, saying(/^\d+$/))
      await peer.ask("watch", { uri: "test://bytes" })
      await peer.ask("close")
      if (transport === "http") return
      // `as`: matched above.
      const { content } = answer as { readonly content: readonly [{ readonly text: string }] }
      const ended = readFileSync(endings, "utf8").split("\n")
      assert.ok(ended.includes(content[0].text), "the server was ended by a signal")
    },
  },
]
