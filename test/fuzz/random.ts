/** A source of chance that a seed repeats. */
export class Random {
  #state: number

  constructor(...seeds: readonly number[]) {
    // FNV-1a over the seeds, so that neighbours among them have nothing in common.
    let hash = 0x811c9dc5
    for (const seed of seeds) {
      for (let shift = 0; shift < 32; shift += 8)
        hash = Math.imul(hash ^ ((seed >>> shift) & 0xff), 0x01000193)
    }
    this.#state = hash
  }

  /** A number from 0 up to, not including, 1: splitmix32. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    let mixed = this.#state ^ (this.#state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)]
    if (value === undefined && values.length === 0) throw new Error("there is nothing to pick from")
    // The index is below the length.
    return value as T
  }

  /** One of several makers, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, make: () => T])[]): T {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, make] of choices) {
      left -= weight
      if (left < 0) return make()
    }
    return this.pick(choices)[1]()
  }
}
