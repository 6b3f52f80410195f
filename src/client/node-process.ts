import { setTimeout } from "node:timers/promises"

/** How long a program may take to end by itself. */
const patienceMs = 5_000

/** Waits until a program has ended, and ends it where nothing else did. */
export async function untilEnded(pid: number): Promise<void> {
  const latest = Date.now() + patienceMs
  while (isAlive(pid)) {
    if (Date.now() > latest) process.kill(pid, "SIGKILL")
    await setTimeout(25)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // There is no such process.
    return false
  }
}
