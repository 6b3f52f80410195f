import { settled } from "./timing.ts"

/**
 * Runs `work` and gives every rejection that nobody handled and every error that nobody caught, any of which would
 * have ended the process.
 */
export async function unhandledDuring(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  const trap = (error: unknown): void => void errors.push(error)
  const events = ["unhandledRejection", "uncaughtException"] as const
  // Instead of the test runner's own, which would fail the test before it can say why.
  const before = events.map((event) => [event, process.listeners(event as "uncaughtException")] as const)
  for (const event of events) process.removeAllListeners(event)
  for (const event of events) process.on(event, trap)
  try {
    await work()
    await settled()
  } finally {
    for (const event of events) process.removeAllListeners(event)
    for (const [event, listeners] of before) {
      for (const listener of listeners) process.on(event, listener as () => void)
    }
  }
  return errors
}
