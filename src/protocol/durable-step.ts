import { StepOutcomeUnknown } from "../errors/steps.ts"
import { quietInterval } from "../shared/quiet-timer.ts"
import { absent, decodeJson, encodeJson, type StorageDriver, type Version } from "../storage/storage.ts"
import type { StepInfo } from "./step.ts"

/** Where it is written down who does a step and what came of it. */
export interface StepRecord {
  readonly storage: StorageDriver
  readonly key: string
  /** What people call the step. */
  readonly name: string
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
  | { readonly by: string; readonly until: number }
  | { readonly by: string; readonly isDone: true; readonly value?: unknown }

/**
 * Does a step unless it was done, or is being done, by somebody else; then waits for that one's result.
 *
 * @throws {StepOutcomeUnknown} Who began it fell silent: it is not done again.
 */
export async function durably(
  record: StepRecord,
  info: StepInfo,
  run: (info: StepInfo) => unknown,
): Promise<unknown> {
  const { storage, key, name } = record
  const by = crypto.randomUUID()
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    info.signal.throwIfAborted()
    const version = await note(record, { by, until: Date.now() + leaseMs }, absent)
    if (version !== undefined) return claimed({ ...record, by }, version, () => run(info))
    const stored = await storage.get(key)
    // Gone where whoever had begun it failed, and said so. Else written by `note`.
    const noted = stored === undefined ? undefined : (decodeJson(key, stored.value) as Noted)
    if (noted !== undefined && "isDone" in noted) return noted.value
    if (noted !== undefined && noted.until <= Date.now()) throw new StepOutcomeUnknown(name)
    await sleep(waitMs, info.signal)
  }
}

/** Does a step that is ours, says every now and then that it is being done, and in the end what came of it. */
async function claimed(record: Claim, first: Version, run: () => unknown): Promise<unknown> {
  const { by } = record
  const pen = new Pen(record, first)
  const stop = quietInterval(() => void pen.write({ by, until: Date.now() + leaseMs }), beatMs)
  try {
    const value = await run()
    await pen.write({ by, isDone: true, value })
    return value
  } catch (error) {
    // It says itself that it failed: it may be tried again.
    await pen.write(undefined)
    throw error
  } finally {
    stop()
  }
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

  constructor(claim: Claim, version: Version) {
    this.#claim = claim
    this.#version = version
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

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end)
      resolve()
    }, ms)
    signal.addEventListener("abort", end)
  })
}
