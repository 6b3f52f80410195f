/** Numbers that look random and are the same in every run. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** The next number from 0 up to, but without, `limit`. */
  below(limit: number): number {
    // Mulberry32: one multiplication per number is enough for choosing test cases.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4294967296) * limit)
  }

  /** One of some values. */
  pick<T>(values: readonly [T, ...T[]] | readonly T[]): T {
    // Only called with lists that are not empty.
    return values[this.below(values.length)] as T
  }
}
