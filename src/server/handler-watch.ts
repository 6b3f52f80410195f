import { BlockedLoop } from "../errors/event-loop.ts"
import { release } from "../shared/quiet-timer.ts"
import type { Owner, RealTime, Watch, Watched, WatchOptions } from "./watch.ts"

const beatMs = 25
/** Between beats where nothing but waiting goes on, which may last for hours: after so many of the others. */
const quietBeatMs = 100
const quietBeats = 40
/** For how long handlers are timed one by one after a block that any of several may have caused. */
const timingMs = 60_000

/** Time, as a heart needs it. */
export interface HeartClock {
  readonly now: () => number
  readonly after: (ms: number, run: () => void) => void
}

/**
 * Beats while handlers run, and takes a late beat for a sign that one of them has blocked the event loop. So a run
 * costs no look at the clock, unless it was unclear of late which handler it was.
 */
export class Heart {
  /** Whether runs are timed. */
  isTiming = false
  /** How many beats there were since a handler was entered. */
  beats = 0
  readonly #clock: HeartClock
  readonly #active: Set<Suspect> = new Set()
  #isBeating = false
  #beatAt = 0
  #dueMs = beatMs
  #timingUntil = 0
  #beganAt = 0
  /** What was timed the longest since the last beat. */
  #longest: { readonly suspect: Suspect; readonly ms: number } | undefined

  constructor(clock: HeartClock) {
    this.#clock = clock
  }

  add(suspect: Suspect): void {
    suspect.isActive = true
    this.#active.add(suspect)
    if (this.#isBeating) return
    this.#isBeating = true
    this.#beatAt = this.#clock.now()
    this.#beatAfter(beatMs)
  }

  #beatAfter(ms: number): void {
    this.#dueMs = ms
    this.#clock.after(ms, () => this.#beat())
  }

  begin(): void {
    this.#beganAt = this.#clock.now()
  }

  end(suspect: Suspect): void {
    const now = this.#clock.now()
    const ms = now - this.#beganAt
    if (this.#longest === undefined || ms > this.#longest.ms) this.#longest = { suspect, ms }
    // What a handler does once another that it called has returned is its own.
    this.#beganAt = now
  }

  #beat(): void {
    const now = this.#clock.now()
    const suspects = [...this.#active]
    // As much as is certain: it may have begun right before this beat was due.
    this.#judge(suspects, now - this.#beatAt - this.#dueMs)
    this.#beatAt = now
    this.#longest = undefined
    this.isTiming = now < this.#timingUntil
    for (const suspect of suspects) {
      suspect.isActive = suspect.waiting > 0
      if (!suspect.isActive) this.#active.delete(suspect)
    }
    this.#isBeating = this.#active.size > 0
    this.beats++
    if (this.#isBeating) this.#beatAfter(this.beats > quietBeats ? quietBeatMs : beatMs)
  }

  #judge(suspects: readonly Suspect[], ms: number): void {
    if (!suspects.some(({ options }) => ms > options.blockedMs)) return
    const longest = this.#longest
    const isClear = longest !== undefined && longest.ms > ms / 2
    if (isClear) tell([longest.suspect], longest.ms)
    else tell(suspects, ms)
    if (suspects.length > 1) this.#timingUntil = this.#clock.now() + timingMs
  }
}

/** A handler, as one that may have blocked the event loop. */
class Suspect implements Watched {
  waiting = 0
  /** Whether it has run since the last beat. */
  isActive = false
  /** The longest block that it alone was told of, in milliseconds. */
  namedMs = 0
  /** The same, of blocks that may have been those of others. */
  suspectedMs = 0
  readonly name: string
  readonly options: WatchOptions
  readonly #heart: Heart

  constructor({ kind, id }: Owner, options: WatchOptions, heart: Heart) {
    this.name = `${kind} \`${id}\``
    this.options = options
    this.#heart = heart
  }

  enter(): this {
    if (!this.isActive) this.#heart.add(this)
    this.#heart.beats = 0
    if (this.#heart.isTiming) this.#heart.begin()
    return this
  }

  leave(): void {
    if (this.#heart.isTiming) this.#heart.end(this)
  }
}

/** Tells whoever runs the servers of these, unless they know. */
function tell(suspects: readonly Suspect[], ms: number): void {
  if (!isNews(suspects, ms)) return
  const field = suspects.length === 1 ? "namedMs" : "suspectedMs"
  for (const suspect of suspects) suspect[field] = ms
  const error = new BlockedLoop(
    suspects.map(({ name }) => name),
    Math.round(ms),
  )
  // It was made by the watch; where the loop was blocked nobody knows.
  error.stack = `${error.name}: ${error.message}`
  const logs = suspects.filter(({ options }) => ms > options.blockedMs).map(({ options }) => options.log)
  for (const log of new Set(logs))
    log({ level: "warning", message: "A handler blocked the event loop", error })
}

/** Said once of each, and again when it has become twice as bad. */
function isNews(suspects: readonly Suspect[], ms: number): boolean {
  const isWorse = (known: number) => ms > 2 * known
  // One that is known for as much explains what several are suspected of.
  if (!suspects.every(({ namedMs }) => isWorse(namedMs))) return false
  return suspects.length === 1 || suspects.some(({ suspectedMs }) => isWorse(suspectedMs))
}

/** Beats for all servers of this process. */
let processHeart: Heart | undefined

/** Makes watches over the handlers of servers, all by one heart. */
export function watchBy({ now, setTimeout }: RealTime): (options: WatchOptions) => Watch {
  processHeart ??= new Heart({
    now,
    after: (ms, run) => release(setTimeout(run, ms)),
  })
  const heart = processHeart
  return (options) => createWatch(options, heart)
}

/** Watches the handlers of one server. */
export function createWatch(options: WatchOptions, heart: Heart): Watch {
  const suspects = new WeakMap<Owner, Suspect>()
  let lastOwner: Owner | undefined
  let last: Suspect | undefined

  return (owner) => {
    // The same one as before, most of the time.
    if (last === undefined || owner !== lastOwner) {
      last = suspects.get(owner) ?? new Suspect(owner, options, heart)
      suspects.set(owner, last)
      lastOwner = owner
    }
    return last.enter()
  }
}
