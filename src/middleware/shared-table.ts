/** A map that is bounded without forgetting what matters. */
export interface Table<State> {
  readonly size: number
  get(key: string): State | undefined
  /** Keeps the state of a key, and says whether it could: a new one finds no room where all others are in use. */
  set(key: string, state: State, now: number): boolean
  delete(key: string): void
  entries(): Iterable<[string, State]>
}

/** Bounds of a {@link Table}. */
export interface TableOptions<State> {
  readonly maxKeys: number
  /** Whether a state says nothing any more, so that nothing is lost with it. */
  readonly isIdle: (state: State, now: number) => boolean
}

/**
 * Makes a map of states by keys that strangers may choose. Only what is idle makes room: whoever floods it with keys
 * must not make it forget what it knows of another.
 */
export function createTable<State>({ maxKeys, isIdle }: TableOptions<State>): Table<State> {
  const states = new Map<string, State>()
  // An iterator over a Map goes on where it was, whatever is set and deleted in between.
  let sweep = states.entries()

  /** Looks at a few entries, whichever are next, so that no call pays for all of them. */
  function tidy(count: number, now: number): void {
    for (let looked = 0; looked < count; looked++) {
      const { value, done } = sweep.next()
      if (done) {
        sweep = states.entries()
        return
      }
      if (isIdle(value[1], now)) states.delete(value[0])
    }
  }

  return {
    get size() {
      return states.size
    },
    get: (key) => states.get(key),
    set(key, state, now) {
      if (!states.has(key)) {
        tidy(states.size < maxKeys ? 2 : 64, now)
        if (states.size >= maxKeys) return false
      }
      states.set(key, state)
      return true
    },
    delete: (key) => void states.delete(key),
    entries: () => states.entries(),
  }
}
