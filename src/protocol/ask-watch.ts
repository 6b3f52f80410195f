/** Tells whether a call waits for answers of its client, to whoever times it. */
export class AskWatch {
  readonly #listeners: Set<(isAsking: boolean) => void> = new Set()
  #open = 0

  /** Calls `hear` when the first of several questions is asked and when the last is answered; what is returned ends that. */
  on(hear: (isAsking: boolean) => void): () => void {
    this.#listeners.add(hear)
    return () => void this.#listeners.delete(hear)
  }

  /** Waits for answers. */
  async during<T>(answers: Promise<T>): Promise<T> {
    if (this.#open++ === 0) this.#tell(true)
    try {
      return await answers
    } finally {
      if (--this.#open === 0) this.#tell(false)
    }
  }

  #tell(isAsking: boolean): void {
    for (const hear of this.#listeners) hear(isAsking)
  }
}
