import { ForkedStep, StepOutcomeUnknown } from "../errors/steps.ts"
import { quietInterval } from "../shared/quiet-timer.ts"
import { sleep } from "../shared/sleep.ts"
import { absent, decodeJson, encodeJson, type StorageDriver, type Version } from "../storage/storage.ts"

/** Where it is written down who does a step and what came of it. */
export interface StepRecord {
  readonly storage: StorageDriver
  readonly key: string
  /** What people call the step. */
  readonly name: string
  readonly answers: AnswerDigests
}

/** What led to a step: digests of the client's answers, by key. */
export type AnswerDigests = { readonly [key: string]: string }

/** What there is to do. */
export interface StepWork {
  readonly signal: AbortSignal
  readonly run: () => unknown
  readonly toJson: (given: unknown) => unknown
}

/** How long who does a step may be silent before nobody knows what became of it. */
const leaseMs = 10_000
const beatMs = leaseMs / 4
/** How long a state lives that may bring another runner here, and some more. */
const keptMs = 15 * 60_000
const firstWaitMs = 10
const longestWaitMs = 500

/** Somebody does it, and may be silent until then; or it is done. */
type Noted =
  | (Signed & { readonly until: number })
  | (Signed & { readonly isDone: true; readonly value?: unknown })

interface Signed {
  readonly by: string
  readonly answers: AnswerDigests
}

/**
 * Does a step unless it was done, or is being done, by somebody else; then waits for that one's result.
 *
 * @throws {StepOutcomeUnknown} Who began it fell silent: it is not done again.
 * @throws {ForkedStep} It was begun with other answers.
 */
export async function durably(record: StepRecord, work: StepWork): Promise<unknown> {
  const { storage, key, name, answers } = record
  const claim = { ...record, by: crypto.randomUUID() }
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    work.signal.throwIfAborted()
    const version = await note(claim, running(claim), absent)
    if (version !== undefined) return claimed(claim, version, work)
    const stored = await storage.get(key)
    if (stored !== undefined) {
      // Written by `note`.
      const noted = decodeJson(key, stored.value) as Noted
      // Drivers write again what may not have arrived, and then meet what did.
      if (noted.by === claim.by) return claimed(claim, stored.version, work)
      if (!agree(noted.answers, answers)) throw new ForkedStep(name)
      if ("isDone" in noted) return noted.value
      if (noted.until <= Date.now()) throw new StepOutcomeUnknown(name)
    }
    // Gone where whoever had begun it failed, and said so.
    await sleep(waitMs, work.signal)
  }
}

/** Does a step that is ours, says every now and then that it is being done, and in the end what came of it. */
async function claimed(claim: Claim, first: Version, { run, toJson }: StepWork): Promise<unknown> {
  const { by, answers } = claim
  const pen = new Pen(claim, first)
  const stop = quietInterval(() => pen.beat(), beatMs)
  // Where it says itself that it failed, nothing: it may be tried again.
  let last: Noted | undefined
  try {
    const given = await run()
    // Done, whatever can be said of it.
    last = { by, answers, until: 0 }
    const value = toJson(given)
    last = { by, answers, isDone: true, value }
    return value
  } finally {
    // Before the last word: a beat after it would take it back.
    stop()
    await pen.write(last)
  }
}

function running({ by, answers }: Claim): Noted {
  return { by, answers, until: Date.now() + leaseMs }
}

/** Whether nothing was answered in two ways; one run may know more answers than the other. */
function agree(some: AnswerDigests, others: AnswerDigests): boolean {
  return Object.entries(some).every(([key, digest]) => !Object.hasOwn(others, key) || others[key] === digest)
}

interface Claim extends StepRecord {
  /** Who does it. */
  readonly by: string
}

/** Writes one note after the other, each over the one before it. */
class Pen {
  readonly #claim: Claim
  #version: Version
  #writing: Promise<void> = Promise.resolve()
  #isBeating = false

  constructor(claim: Claim, version: Version) {
    this.#claim = claim
    this.#version = version
  }

  /** Says that the step is being done, unless a slow storage still hears it. */
  beat(): void {
    if (this.#isBeating) return
    this.#isBeating = true
    void this.write(running(this.#claim)).then(() => {
      this.#isBeating = false
    })
  }

  write(noted: Noted | undefined): Promise<void> {
    // What cannot be written now the next beat may write. If none does, others learn that the outcome is unknown.
    this.#writing = this.#writing.then(() => this.#write(noted)).catch(() => undefined)
    return this.#writing
  }

  async #write(noted: Noted | undefined): Promise<void> {
    const { storage, key, by } = this.#claim
    const written = await note(this.#claim, noted, this.#version)
    if (written !== undefined) {
      this.#version = written
      return
    }
    // An earlier note may have arrived though its acknowledgement did not.
    const stored = await storage.get(key)
    if (stored === undefined || (decodeJson(key, stored.value) as Noted).by !== by) return
    this.#version = (await note(this.#claim, noted, stored.version)) ?? stored.version
  }
}

async function note(
  { storage, key }: StepRecord,
  noted: Noted | undefined,
  version: Version,
): Promise<Version | undefined> {
  const text = noted === undefined ? undefined : encodeJson(key, noted)
  return storage.write(key, text, { if: version, ttl: keptMs })
}
