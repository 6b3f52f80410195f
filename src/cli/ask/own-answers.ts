import { isObject } from "../../schema/keywords.ts"
import type { Pair } from "../arguments/pairs.ts"
import type { Reader } from "../arguments/reader.ts"

/** Answers that were given before the questions were known. */
export class OwnAnswers {
  #left: readonly Pair[]

  constructor(answers: readonly Pair[]) {
    this.#left = answers
  }

  /**
   * Takes what answers a form. Of several answers for one field, each question has the next one, and the last is for all
   * that come after; a list has all of them, unless the next one is a list by itself.
   */
  take(reader: Reader, names: readonly string[]): readonly Pair[] {
    const { properties } = reader.schema
    return names.flatMap((name) => {
      const pairs = this.#left.filter(({ key }) => key === name)
      const schema = isObject(properties) ? properties[name] : undefined
      const isList = reader.typesOf(schema)?.includes("array") === true
      const [next, ...later] = pairs
      if (later.length === 0 || (isList && next?.value.trimStart().startsWith("[") === false)) return pairs
      this.#left = this.#left.filter((pair) => pair !== next)
      return pairs.slice(0, 1)
    })
  }
}
