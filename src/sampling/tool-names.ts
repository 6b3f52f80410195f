/** A call of a tool, as messages hold it. */
interface ToolUse {
  readonly id: string
  readonly name: string
}

/**
 * Names that the API of a model takes: letters, digits, `_` and `-`, and not as many as names of MCP may have. The same
 * names in the same order are always called the same.
 */
export class ToolNames {
  readonly #maxLength: number
  readonly #outside: Map<string, string> = new Map()
  readonly #inside: Map<string, string> = new Map()
  readonly #ofCalls: Map<string, string> = new Map()

  /** @param maxLength How many characters a name may have. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** What the API calls a tool. */
  toApi(name: string): string {
    const known = this.#outside.get(name)
    if (known !== undefined) return known
    // Google wants a letter or `_` at the beginning.
    const plain = name
      .replace(/[^\w-]/g, "_")
      .replace(/^[\d-]/, "_$&")
      .slice(0, this.#maxLength)
    let own = plain
    for (let count = 2; this.#inside.has(own); count++) {
      own = `${plain.slice(0, this.#maxLength - String(count).length - 1)}_${count}`
    }
    this.#outside.set(name, own)
    this.#inside.set(own, name)
    return own
  }

  /** What is called so by the API. */
  fromApi(name: string): string {
    return this.#inside.get(name) ?? name
  }

  /** What the API calls the tool of a call. Remembered: results name their call alone, and some APIs want both. */
  ofUse({ id, name }: ToolUse): string {
    const own = this.toApi(name)
    this.#ofCalls.set(id, own)
    return own
  }

  /** What the API calls the tool of the call that a result is of. */
  ofResult(toolUseId: string): string {
    return this.#ofCalls.get(toolUseId) ?? "unknown"
  }
}
