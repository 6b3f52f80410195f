import { type Campaign, patience } from "./campaign.ts"
import { makeLinesPlan } from "./lines-plan.ts"
import { playLines } from "./lines-player.ts"
import { Marks } from "./marks.ts"

/** Lines of both eras that are almost messages, as over standard input. */
export function lines(): Campaign {
  const marks = new Marks()
  return {
    name: "lines",
    width: 32,
    begin(random, { ports }) {
      const mark = marks.next(random)
      const plan = makeLinesPlan(random, mark)
      const isForeign = (found: string) => marks.isForeign(found, mark)
      return {
        count: plan.frames.length,
        problem: playLines({ plan, random, isForeign, patience }, ports.lines),
        details: () => [plan.ending, ...plan.frames.map((frame) => JSON.stringify(frame.toString("latin1")))],
      }
    },
  }
}
