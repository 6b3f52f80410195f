import { Agent } from "node:http"
import { type Campaign, patience } from "./campaign.ts"
import { Marks } from "./marks.ts"
import type { Random } from "./random.ts"
import { type Identity, SessionPlayer, type Table } from "./session-player.ts"

/** Sessions of two principals, who get in each other's way. */
export function sessions(): Campaign {
  const marks = new Marks()
  const identity = (name: string, mark: string): Identity => ({
    name,
    mark,
    isForeign: (found) => marks.isForeign(found, mark),
  })
  return {
    name: "sessions",
    width: 16,
    begin(random, { ports }) {
      const port = random.pick(ports.sessions)
      const actions = 20 + random.below(40)
      const identities = ["ann", "ben"].map((name) => identity(name, marks.next(random)))
      return {
        count: actions,
        problem: play({ random, port, actions, identities }),
        details: () => [`${actions} actions, ${port === ports.sessions[0] ? "node:http" : "fetch"}`],
      }
    },
  }
}

interface Game {
  readonly random: Random
  readonly port: number
  readonly actions: number
  readonly identities: readonly Identity[]
}

async function play({ random, port, actions, identities }: Game): Promise<string | undefined> {
  const problems: string[] = []
  const agent = new Agent({ keepAlive: true })
  const table: Table = { port, agent, random, patience, complain: (problem) => void problems.push(problem) }
  const players = identities.map((identity) => new SessionPlayer(table, identity))
  try {
    await Promise.all(players.map((player) => player.join()))
    const isRacing = random.chance(0.5)
    for (let done = 0; done < actions; ) {
      const group = isRacing ? Math.min(1 + random.below(6), actions - done) : 1
      await Promise.all(Array.from({ length: group }, () => act(random, players)))
      done += group
    }
    await Promise.all(players.map((player) => player.part(random.chance(0.7))))
  } finally {
    agent.destroy()
  }
  return problems[0]
}

function act(random: Random, players: readonly SessionPlayer[]): Promise<void> {
  const [one, other] = random.chance(0.5) ? players : players.toReversed()
  // There are two of them.
  return (one as SessionPlayer).act(other as SessionPlayer)
}
