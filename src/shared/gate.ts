/** Makes a function that runs work, no more than so many at once; others wait in the order they came. */
export function createGate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = most
  const waiting: (() => void)[] = []

  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((enter) => waiting.push(enter))
    try {
      return await work()
    } finally {
      // Whoever waits takes the place that is left.
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
