import assert from "node:assert/strict"
import { isStateless } from "../../../src/spec/revisions.ts"
import { type Check, call, expectAnswer, expectRefusal, failing, saying, textOf } from "../check.ts"
import { assertMatches } from "../matches.ts"
import type { Peer } from "../peer.ts"

/** What a server remembers, opens once, and tells by extensions. */
export const memoryChecks: readonly Check[] = [
  {
    name: "has its calls counted, or is told to use a handle where nobody is known",
    async run(peer, { revision, isKnown }) {
      const count = () => peer.ask("callTool", call("count_visits"))
      if (isStateless(revision) && !isKnown) return expectAnswer(count(), failing(/`sessionTools\(\)`/))
      await expectAnswer(count(), saying("1"))
      await expectAnswer(count(), saying("2"))
    },
  },
  {
    name: "has a cart under a handle, until it ends it",
    async run(peer) {
      const session = await newSession(peer)
      await expectAnswer(peer.ask("callTool", call("put", { session, item: "tea" })), saying('["tea"]'))
      const cart = saying('["tea","milk"]')
      await expectAnswer(peer.ask("callTool", call("put", { session, item: "milk" })), cart)
      await expectAnswer(peer.ask("callTool", call("end_session", { session })), saying(/has ended/))
      await expectAnswer(
        peer.ask("callTool", call("put", { session, item: "salt" })),
        failing(/`create_session`/),
      )
    },
  },
  {
    name: "finds what was remembered at a server that was started anew",
    unless: ({ revision, restart }) => {
      if (restart === undefined) return "over stdio the server ends with its client"
      return isStateless(revision) ? undefined : "a session ends with the server that keeps it in memory"
    },
    async run(peer, { restart, isKnown }) {
      const session = await newSession(peer)
      await peer.ask("callTool", call("put", { session, item: "tea" }))
      const count = async () =>
        isKnown ? Number(textOf(await peer.ask("callTool", call("count_visits")))) : 0
      const before = await count()
      await restart?.()
      const cart = saying('["tea","milk"]')
      await expectAnswer(peer.ask("callTool", call("put", { session, item: "milk" })), cart)
      if (isKnown) assert.equal(await count(), before + 1)
    },
  },
  {
    name: "gets the value of a lifespan",
    run: (peer) => expectAnswer(peer.ask("callTool", call("database")), saying("pong")),
  },
  {
    name: "hears what an extension tells that it knows",
    async run(peer) {
      await expectAnswer(peer.ask("callTool", call("ring", { extension: "bell" })), saying("rang"))
      const heard = await peer.hears("notified", (one) => JSON.stringify(one).includes("com.example/bell"))
      assertMatches(heard, { params: { times: 3 } })
    },
  },
  {
    name: "is refused what would tell it by an extension that it does not know",
    async run(peer, { revision }) {
      const answer = peer.ask("callTool", call("ring", { extension: "unheard" }))
      const words = /com\.example\/unheard/
      await (isStateless(revision)
        ? expectRefusal(answer, [-32021], words)
        : expectAnswer(answer, failing(words)))
    },
  },
]

async function newSession(peer: Peer): Promise<string> {
  const { session } = JSON.parse(textOf(await peer.ask("callTool", call("create_session"))))
  return session
}
