import type { Random } from "./random.ts"

/** Marks what clients say, so that whoever hears what another said is found out. */
export class Marks {
  readonly #given: Set<string> = new Set()

  /** A mark that no other client has. */
  next(random: Random): string {
    const mark = `mark${random.below(0x1_0000_0000).toString(16).padStart(8, "0")}`
    this.#given.add(mark)
    return mark
  }

  /** Whether a mark is that of another client, and not what became of the own. */
  isForeign(found: string, own: string): boolean {
    return found !== own && this.#given.has(found)
  }
}

export const markPattern = /mark[0-9a-f]{8}/g
