/** Interleaved rounds: in each, every variant works for a short slice in a rotated order, several times over. */
import { median, quartiles } from "./stats.mjs"

/** Slices are this short, so that a change of load on the machine meets all variants alike. */
const SLICE_MS = 250
const WARM = { ms: 3000, limit: 4000 }

/**
 * Runs `lanes`, each `{ key, slice }` where `slice({ ms, limit })` resolves to
 * `{ requests, errors, ms, cpu }`. Returns a map from key to `{ rounds }`, or to `{ error }` for one that failed.
 */
export async function measure(lanes, { rounds, seconds }) {
  const results = new Map(lanes.map(({ key }) => [key, { rounds: [] }]))
  const attempt = async ({ key, slice }, limits) => {
    if (results.get(key).error !== undefined) return undefined
    try {
      return await slice(limits)
    } catch (error) {
      results.set(key, { error: error.message })
      return undefined
    }
  }
  for (const lane of lanes) await attempt(lane, WARM)
  const turns = Math.max(1, Math.round((seconds * 1000) / SLICE_MS))
  const ms = (seconds * 1000) / turns
  for (let round = 0; round < rounds; round++) {
    const totals = new Map(lanes.map(({ key }) => [key, { requests: 0, errors: 0, ms: 0, cpu: 0 }]))
    for (let turn = 0; turn < turns; turn++) {
      for (let step = 0; step < lanes.length; step++) {
        const lane = lanes[(step + turn + round) % lanes.length]
        const part = await attempt(lane, { ms })
        if (part !== undefined) accumulate(totals.get(lane.key), part)
      }
    }
    for (const [key, total] of totals) results.get(key).rounds?.push(total)
  }
  return results
}

function accumulate(total, part) {
  for (const field of Object.keys(total)) total[field] += part[field]
}

const speed = ({ requests, ms }) => requests / ms
const cost = ({ cpu, requests }) => cpu / requests

/**
 * Sets a variant's rounds against the reference's of the same round: `ratio` of throughput, `cpuRatio` of work per
 * CPU second (both 1 when equal, more when better), and the plain figures, which mean nothing on another machine.
 */
export function compare(own, reference) {
  if (own.error !== undefined) return { error: own.error }
  const requests = own.rounds.reduce((sum, round) => sum + round.requests, 0)
  const errors = own.rounds.reduce((sum, round) => sum + round.errors, 0)
  const plain = {
    cpuMicros: median(own.rounds.map(cost)),
    perSecond: median(own.rounds.map((round) => speed(round) * 1000)),
    requests,
    errors,
  }
  if (reference?.rounds === undefined) return plain
  const pairs = own.rounds.map((round, index) => [round, reference.rounds[index]])
  const ratios = pairs.map(([mine, other]) => speed(mine) / speed(other))
  const cpuRatios = pairs.map(([mine, other]) => cost(other) / cost(mine))
  return {
    ratio: median(ratios),
    spread: quartiles(ratios),
    cpuRatio: median(cpuRatios),
    cpuSpread: quartiles(cpuRatios),
    ...plain,
  }
}

/** The cost of a request of `own` over that of `other`, the median over rounds. */
export function relativeCost(own, other) {
  if (own.error !== undefined || other.error !== undefined) return {}
  const ratios = own.rounds.map((round, index) => cost(round) / cost(other.rounds[index]))
  return { ownCost: median(ratios), ownSpread: quartiles(ratios) }
}
