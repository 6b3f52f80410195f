/** How long something took, over many times. All times are milliseconds. */
export interface Durations {
  /** How many calls ended. */
  readonly count: number
  /** How many of them failed. */
  readonly failed: number
  /** How many rounds ended with questions to the client; their times are not among those below. */
  readonly asked: number
  /** The shortest; 0 where none ended, as in all that follow. */
  readonly min: number
  /** All together, divided by `count`. */
  readonly mean: number
  /** The longest. */
  readonly max: number
  /** What half of the calls did not exceed; like the other percentiles off by 2.5 % at most. */
  readonly p50: number
  /** What 90 % of them did not exceed. */
  readonly p90: number
  /** What 99 % of them did not exceed. */
  readonly p99: number
}

/** Keeps durations in as many bytes, however many there are. */
export interface Histogram {
  add(ms: number, hasFailed: boolean): void
  /** Counts a round that ended with questions. */
  addAsked(): void
  summary(): Durations
}

// Each bucket is 5 % wider than the one before; what is said of one is its middle.
const growth = 1.05
const logOfGrowth = /* @__PURE__ */ Math.log(growth)
/** What is shorter is in the first bucket: a microsecond. */
const shortest = 0.001
/** What is longer is in the last: a month. */
const longest = 2_678_400_000
const buckets = /* @__PURE__ */ bucketOf(longest) + 1

export function createHistogram(): Histogram {
  // A whole number of 32 bits would be full within days on a busy server.
  const counts = new Float64Array(buckets)
  let count = 0
  let failed = 0
  let asked = 0
  let sum = 0
  let min = Number.POSITIVE_INFINITY
  let max = 0

  function percentile(share: number): number {
    // The nearest rank: the least duration that so many calls did not exceed.
    let left = Math.ceil(count * share)
    for (let bucket = 0; bucket < buckets; bucket++) {
      left -= counts[bucket] ?? 0
      if (left <= 0) return Math.min(Math.max(middleOf(bucket), min), max)
    }
    return max
  }

  return {
    add(given, hasFailed) {
      // A clock may go back, or be anything.
      const ms = given > 0 ? Math.min(given, longest) : 0
      const bucket = bucketOf(ms)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      count++
      if (hasFailed) failed++
      sum += ms
      min = Math.min(min, ms)
      max = Math.max(max, ms)
    },
    addAsked() {
      asked++
    },
    summary() {
      if (count === 0) return { count, failed, asked, min: 0, mean: 0, max: 0, p50: 0, p90: 0, p99: 0 }
      const percentiles = { p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99) }
      return { count, failed, asked, min, mean: sum / count, max, ...percentiles }
    },
  }
}

function bucketOf(ms: number): number {
  if (ms <= shortest) return 0
  return Math.ceil(Math.log(ms / shortest) / logOfGrowth)
}

/** The duration that is off by the same share of what is least and most in a bucket. */
function middleOf(bucket: number): number {
  return (shortest * growth ** bucket * 2) / (1 + growth)
}
