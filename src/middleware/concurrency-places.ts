import { quietTimeout } from "../shared/quiet-timer.ts"

/** How many may have a place at once, and how many may wait for one and for how long. */
export interface PlacesOptions {
  readonly max: number
  readonly queue: number
  readonly queueTimeoutMs: number
}

/** How waiting for a place ended. */
export type Waited = "entered" | "left" | "late" | "full"

/** Places under keys. A key is only known while somebody has a place under it. */
export interface Places {
  /** Takes a place if one is free. */
  tryEnter(key: string): boolean
  /** Waits for a place, in the order of those who came, until it is told to leave. */
  wait(key: string, signal: AbortSignal): Promise<Waited>
  /** Gives a place back, to who has waited for the longest time. */
  leave(key: string): void
  readonly running: number
  readonly waiting: number
}

interface Room {
  running: number
  /** Who waits, in order; whoever leaves is taken out of the middle. */
  readonly waiting: Set<() => void>
}

/** Makes places. */
export function createPlaces({ max, queue, queueTimeoutMs }: PlacesOptions): Places {
  const rooms = new Map<string, Room>()
  let running = 0
  let waiting = 0

  function waitIn(room: Room, signal: AbortSignal): Promise<Waited> {
    return new Promise((resolve) => {
      const finish = (how: Waited) => {
        room.waiting.delete(enter)
        waiting--
        stopTimer()
        signal.removeEventListener("abort", onAbort)
        resolve(how)
      }
      const enter = () => finish("entered")
      const onAbort = () => finish("left")
      const stopTimer = quietTimeout(() => finish("late"), queueTimeoutMs)
      signal.addEventListener("abort", onAbort)
      room.waiting.add(enter)
      waiting++
    })
  }

  return {
    tryEnter(key) {
      const room = rooms.get(key)
      if (room !== undefined && room.running >= max) return false
      if (room === undefined) rooms.set(key, { running: 1, waiting: new Set() })
      else room.running++
      running++
      return true
    },
    async wait(key, signal) {
      const room = rooms.get(key)
      // Asked for when there was no place, and nothing has happened since.
      if (room === undefined || signal.aborted) return "left"
      return room.waiting.size >= queue ? "full" : waitIn(room, signal)
    },
    leave(key) {
      const room = rooms.get(key)
      if (room === undefined) return
      const [next] = room.waiting
      // Whoever waits takes the place that is left: nobody who comes now can take it before.
      if (next !== undefined) return next()
      running--
      room.running--
      if (room.running === 0) rooms.delete(key)
    },
    get running() {
      return running
    },
    get waiting() {
      return waiting
    },
  }
}
