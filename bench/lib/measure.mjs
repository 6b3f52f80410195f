/** Interleaved rounds: in each, every variant works for a short slice in a rotated order, several times over. */
import { median, quartiles } from "./stats.mjs"

/** Slices are this short, so that a change of load on the machine meets all variants alike. */
const SLICE_MS = 250
const WARM = { ms: 2000, limit: 4000 }

/**
 * Measures in `forks` generations of fresh processes, so that no row inherits what an earlier one left in a process
 * and the rounds are spread over time. `open()` starts one generation and resolves to
 * `{ lanes, failures, close }`, with lanes `{ key, slice }` where `slice({ ms, limit })` resolves to
 * `{ requests, errors, ms, cpu }`. Returns a map from key to `{ rounds }`, or to `{ error }` for one that failed.
 */
export async function measure(open, { rounds, seconds, forks, sliceMs = SLICE_MS }) {
  const results = new Map()
  const generations = Math.min(rounds, forks)
  for (let fork = 0; fork < generations; fork++) {
    const { lanes, failures, close } = await open()
    try {
      const share = Math.floor((rounds + generations - 1 - fork) / generations)
      const part = await interleave(lanes, { rounds: share, seconds, sliceMs })
      for (const [key, outcome] of [...failures, ...part]) merge(results, key, { ...outcome, fork })
    } finally {
      await close()
    }
  }
  return results
}

function merge(results, key, { rounds, error, fork }) {
  const known = results.get(key) ?? { rounds: [] }
  if (known.error !== undefined) return
  if (error !== undefined) return void results.set(key, { error })
  for (const round of rounds) known.rounds.push({ ...round, fork })
  results.set(key, known)
}

async function interleave(lanes, { rounds, seconds, sliceMs }) {
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
  const turns = Math.max(1, Math.round((seconds * 1000) / sliceMs))
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
  const speeds = paired(own, reference, (mine, other) => speed(mine) / speed(other))
  const costs = paired(own, reference, (mine, other) => cost(other) / cost(mine))
  return {
    ratio: speeds.median,
    forks: speeds.forks,
    spread: speeds.spread,
    cpuRatio: costs.median,
    cpuForks: costs.forks,
    cpuSpread: costs.spread,
    ...plain,
  }
}

/** The cost of a request of `own` over that of `other`. */
export function relativeCost(own, other) {
  if (own.error !== undefined || other.error !== undefined) return {}
  const costs = paired(own, other, (mine, theirs) => cost(mine) / cost(theirs))
  return { ownCost: costs.median, ownForks: costs.forks, ownSpread: costs.spread }
}

/** The median over all rounds, its quartiles, and the least and greatest median among the forks. */
function paired(own, reference, divide) {
  const ratios = own.rounds.map((round, index) => divide(round, reference.rounds[index]))
  const byFork = new Map()
  for (const [index, { fork }] of own.rounds.entries()) {
    byFork.set(fork, [...(byFork.get(fork) ?? []), ratios[index]])
  }
  const medians = [...byFork.values()].map(median)
  return {
    median: median(ratios),
    spread: quartiles(ratios),
    forks: [Math.min(...medians), Math.max(...medians)],
  }
}
