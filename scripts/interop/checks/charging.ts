import assert from "node:assert/strict"
import { isStateless } from "../../../src/spec/revisions.ts"
import { answering, type Check, type Connection, call, expectAnswer, failing, saying } from "../check.ts"
import { assertMatches } from "../matches.ts"
import { Refusal } from "../peer.ts"

const hasForms = answering("2025-06-18", "elicitation")
const ordered = saying("Ada ordered l")

/** A tool that asks three questions and charges a card: once, or the error says that nobody knows. Never twice. */
export const chargingChecks: readonly Check[] = [
  {
    name: "is asked three questions, and its card is charged once",
    unless: hasForms,
    async run(peer, connection) {
      await expectAnswer(peer.ask("callTool", call("order", { id: "usual" })), ordered)
      assert.equal(chargesOf("usual", connection), 1)
    },
  },
  {
    name: "declines the last of three questions, and its card is not charged",
    unless: hasForms,
    async run(peer, connection) {
      const order = call("order", { id: "declined", pay: "decline" })
      await expectAnswer(peer.ask("callTool", order), saying("Not ordered"))
      assert.equal(chargesOf("declined", connection), 0)
    },
  },
  {
    name: "sends every round again at the same time, and its card is charged once",
    unless: inRounds,
    async run(peer, connection) {
      const last = await play({ id: "twice" }, async (round) => {
        const [one, other] = await Promise.all([peer.ask("round", round), peer.ask("round", round)])
        // Each has a state of its own, and both are good.
        assertMatches(
          { ...toRound(one), requestState: undefined },
          { ...toRound(other), requestState: undefined },
        )
        return other
      })
      assertMatches(last, ordered)
      assert.equal(chargesOf("twice", connection), 1)
    },
  },
  {
    name: "finds the server started anew before every round, and its card is charged once",
    unless: inRoundsOfOthers,
    async run(peer, connection) {
      const last = await play({ id: "anew" }, async (round) => {
        const answer = await peer.ask("round", round)
        await connection.restart?.()
        return answer
      })
      assertMatches(last, ordered)
      assert.equal(chargesOf("anew", connection), 1)
    },
  },
  {
    name: "loses its server right after that charged, and its card is charged once",
    unless: hasForms,
    async run(peer, connection) {
      await assert.rejects(peer.ask("callTool", call("order", { id: "lost", dies: true })), Refusal)
      await connection.restart?.()
      await connection.reconnect()
      await expectAnswer(peer.ask("callTool", call("database")), saying("pong"))
      assert.equal(chargesOf("lost", connection), 1)
    },
  },
  {
    name: "sends the last round again to a server that was killed right after it charged, and nobody knows",
    unless: inRoundsOfOthers,
    async run(peer, connection) {
      const last = await play({ id: "killed", dies: true }, (round) =>
        peer.ask("round", round).catch(async () => {
          await connection.restart?.()
          await connection.reconnect()
          return peer.ask("round", round)
        }),
      )
      assertMatches(last, failing(/outcome is unknown/))
      assert.equal(chargesOf("killed", connection), 1)
    },
  },
]

/** Asks only clients that bring each answer by a request of their own. */
function inRounds(connection: Connection): string | undefined {
  const { revision } = connection
  return isStateless(revision) ? connection.silent : `${revision} has no rounds that could be sent again`
}

/** Asks only those of them whose server does not end with them. */
function inRoundsOfOthers(connection: Connection): string | undefined {
  if (connection.restart === undefined) return "over stdio the server ends with its client"
  return inRounds(connection)
}

function chargesOf(id: string, { written }: Connection): number {
  return written("charges").filter((line) => line.startsWith(`${id} `)).length
}

/** What a client gets for a round: questions and a state, or the result. */
interface Round {
  readonly resultType?: string
  readonly inputRequests?: { readonly [key: string]: { readonly params: { readonly message: string } } }
  readonly requestState?: string
}

/** Orders round by round, until there is a result. */
async function play(args: object, send: (round: object) => Promise<unknown>): Promise<unknown> {
  const order = call("order", args)
  let round = toRound(await send(order))
  while (round.resultType === "input_required") {
    const { inputRequests = {}, requestState } = round
    const answers = Object.entries(inputRequests).map(([key, { params }]) => [
      key,
      JSON.parse(params.message),
    ])
    round = toRound(await send({ ...order, requestState, inputResponses: Object.fromEntries(answers) }))
  }
  return round
}

function toRound(answer: unknown): Round {
  // `as`: what does not have these fields matches nothing that is expected.
  return answer as Round
}
