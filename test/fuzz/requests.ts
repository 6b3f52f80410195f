import { type Campaign, patience } from "./campaign.ts"
import { play } from "./connection.ts"
import { converse } from "./conversation.ts"
import { makePlan } from "./plan.ts"

const entries = ["on node:http", "on node:http, with credentials", "of fetch"]

/** HTTP requests of the stateless era that are almost right, over raw sockets. */
export const requests: Campaign = {
  name: "requests",
  width: 16,
  begin(random, { ports }) {
    const port = random.pick(ports.requests)
    const entry = entries[ports.requests.indexOf(port)] ?? ""
    if (random.chance(0.03)) {
      return {
        count: 1,
        problem: converse(random, port, patience),
        details: () => [`entry ${entry}, a conversation`],
      }
    }
    const plan = makePlan(random)
    return {
      count: plan.requests.length,
      problem: play(plan, port, { answer: patience, close: patience }),
      isSlow: plan.ending === "stall",
      details: () => [
        `entry ${entry}, ${plan.ending}`,
        ...plan.requests.map(({ bytes }) => JSON.stringify(bytes.toString("latin1"))),
      ],
    }
  },
}
