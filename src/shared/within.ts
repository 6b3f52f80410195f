import { longestTimer } from "./longest-timer.ts"

/**
 * Waits for work, but not for longer than so many milliseconds.
 *
 * @param late Makes what is thrown then. What the work comes to later is nobody's.
 */
export async function within<T>(ms: number, work: PromiseLike<T>, late: () => Error): Promise<T> {
  if (ms > longestTimer) return work
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}
