import assert from "node:assert/strict"
import { isStateless } from "../../../src/spec/revisions.ts"
import { type Check, expectAnswer, inSessions, saying } from "../check.ts"
import { assertMatches } from "../matches.ts"
import { Refusal } from "../peer.ts"

/** What happens while a call runs. */
export const callChecks: readonly Check[] = [
  {
    name: "hears of progress",
    async run(peer, { revision, transport }) {
      const call = expectAnswer(peer.ask("callTool", { name: "report" }), saying("reported"))
      const isLast = (heard: unknown) => JSON.stringify(heard).includes('"progress":3')
      await Promise.all([
        call,
        peer.hears("progress", isLast).then(() => peer.ask("callTool", { name: "go_on" })),
      ])
      // Over stdio the server tells only the first and the last in so short a time.
      const told = transport === "stdio" ? [1, 3] : [1, 2, 3]
      assertMatches(
        peer.heard("progress"),
        told.map((progress) => ({
          progress,
          total: 3,
          ...(revision >= "2025-03-26" && { message: `step ${progress}` }),
        })),
      )
    },
  },
  {
    name: "hears the log from the level it set",
    async run(peer) {
      const before = peer.heard("log").length
      await peer.ask("setLevel", { level: "warning" })
      await expectAnswer(peer.ask("callTool", { name: "log" }), saying("logged"))
      await peer.hears("log", (message) => JSON.stringify(message).includes("disk"))
      assertMatches(peer.heard("log").slice(before), [
        { level: "warning", logger: "storage", data: { disk: "full" } },
      ])
    },
  },
  {
    name: "cancels a call",
    async run(peer, { revision, transport }) {
      const controller = new AbortController()
      const call = peer.ask("callTool", { name: "hang" }, controller.signal).catch((error: unknown) => error)
      await peer.hears("progress", (progress) => JSON.stringify(progress).includes("7"))
      controller.abort()
      const given = await call
      assert.ok(given instanceof Refusal, `It was answered: ${JSON.stringify(given)}`)
      // Without sessions, a client over HTTP cancels by leaving.
      const reason = isStateless(revision) && transport === "http" ? "disconnect" : "cancel"
      await expectAnswer(peer.ask("callTool", { name: "why_aborted" }), saying(reason))
    },
  },
  {
    name: "comes back for the answer of a call that let its stream go",
    unless: ({ revision, transport }) => {
      if (transport === "stdio") return "over stdio there are no streams to come back to"
      return isStateless(revision) || revision < "2025-03-26"
        ? `${revision} cannot resume streams`
        : undefined
    },
    run: (peer) => expectAnswer(peer.ask("callTool", { name: "step_out" }), saying("back")),
  },
  {
    name: "pings",
    unless: inSessions("ping"),
    run: (peer) => peer.ask("ping").then(() => undefined),
  },
]
