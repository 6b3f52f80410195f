/**
 * Attacks servers with messages that are almost right, over real sockets: `npm run fuzz`, with
 * `-- --messages 200000 --seed 7` for more or for the same again, `--campaign lines` for one way to attack, and
 * `--campaign lines --batch 12 --plan 34` for one play. Each batch is one check; so is what is left at the end.
 */
import { parseArgs } from "node:util"
import type { Campaign, Place } from "../test/fuzz/campaign.ts"
import { lines } from "../test/fuzz/lines.ts"
import { Random } from "../test/fuzz/random.ts"
import { requests } from "../test/fuzz/requests.ts"
import type { Stats } from "../test/fuzz/server.ts"
import { sessions } from "../test/fuzz/sessions.ts"
import { startTarget, type Target } from "../test/fuzz/target.ts"

const { values } = parseArgs({
  options: {
    campaign: { type: "string" },
    messages: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    batch: { type: "string" },
    plan: { type: "string" },
  },
})
const campaigns: readonly Campaign[] = [requests, lines(), sessions()]
const batchSize = 500
const maxHeldUpMs = 2000
const leakBytes = 6 * 1024 * 1024
/** What memory goes up and down by with nobody doing anything. */
const noiseBytes = 64 * 1024
/** How much is shown of what was sent: with all of it there is `--plan`. */
const shown = values.plan === undefined ? { messages: 8, length: 400 } : { messages: 10_000, length: 20_000 }
/** How many failures are told of before it is enough. */
const maxFailures = 10

const seed = Number(values.seed)
let passed = 0
let failed = 0

/** One campaign against a process of its own. */
class Attack {
  readonly #campaign: Campaign
  readonly #target: Target
  readonly #slow: Promise<void>[] = []
  #sent = 0

  constructor(campaign: Campaign, target: Target) {
    this.#campaign = campaign
    this.#target = target
  }

  async run(): Promise<void> {
    const started = performance.now()
    if (values.batch === undefined) await this.#all(Number(values.messages))
    else await this.#batch(Number(values.batch), values.plan)
    const seconds = (performance.now() - started) / 1000
    const { name } = this.#campaign
    console.log(
      `${name}: ${this.#sent} in ${seconds.toFixed(0)} s, ${(this.#sent / seconds).toFixed(0)} a second`,
    )
  }

  async #all(total: number): Promise<void> {
    let before: number | undefined
    for (let batch = 0; this.#sent < total && failed < maxFailures; batch++) {
      await this.#batch(batch)
      if (this.#target.death !== undefined) return
      if (before === undefined && this.#sent >= total / 10) before = (await this.#settled()).memory
    }
    const { memory, held } = await this.#settled()
    const growth = memory - (before ?? memory)
    console.log(`memory: ${mib(before ?? 0)} MiB after a tenth, ${mib(memory)} MiB at the end`)
    check(growth <= leakBytes, `memory grew by ${mib(growth)} MiB`)
    const left = Object.values(held).some((count) => count > 0)
    check(!left, `of sessions that are over is left: ${JSON.stringify(held)}`)
  }

  /** Plays one batch, some at a time, and asks the target how it is. */
  async #batch(batch: number, only?: string): Promise<void> {
    const failures = failed
    let next = 0
    const work = async () => {
      for (let index = next++; index < batchSize; index = next++) {
        if (only === undefined || Number(only) === index) await this.#play({ batch, index })
      }
    }
    await Promise.all(Array.from({ length: this.#campaign.width }, work))
    if (only !== undefined) await Promise.all(this.#slow)
    const { complaints, heldUpMs } = await this.#target.stats()
    for (const complaint of complaints) this.#tell(complaint, batch)
    if (heldUpMs > maxHeldUpMs) this.#tell(`the event loop was held up for ${heldUpMs.toFixed(0)} ms`, batch)
    if (failed === failures) passed++
  }

  async #play(place: Place): Promise<void> {
    const { batch, index } = place
    const { count, problem, isSlow, details } = this.#campaign.begin(
      new Random(seed, batch, index),
      this.#target,
      place,
    )
    this.#sent += count
    const played = problem
      .catch((error: unknown) => (error instanceof Error ? error.stack : String(error)))
      .then((found) => {
        if (found === undefined) return
        const sent = details().slice(0, shown.messages)
        const texts = sent.map((text) => text.slice(0, shown.length))
        this.#tell(this.#target.death ?? found, batch, [`--plan ${index}`, ...texts])
      })
    if (isSlow === true) this.#slow.push(played)
    else await played
  }

  /** Says what is wrong and how to see it again. */
  #tell(problem: string, batch: number, [plan = "", ...details]: readonly string[] = []): void {
    const { name } = this.#campaign
    const again = `again: npm run fuzz -- --seed ${seed} --campaign ${name} --batch ${batch} ${plan}`
    fail([problem, again, ...details].join("\n  "))
  }

  /** Waits until the target is at rest, and gives what it holds then. */
  async #settled(): Promise<Stats> {
    await Promise.all(this.#slow)
    for (let tries = 0; ; tries++) {
      const stats = await this.#aged()
      const { connections } = stats
      if (connections === 0 || tries === 100) {
        check(connections === 0, `${connections} connections stay open that no client has`)
        return this.#collected(stats)
      }
      await pause()
    }
  }

  /** How the target is once sessions grew old that nobody uses. */
  async #aged(): Promise<Stats> {
    const stats = await this.#target.age()
    for (const complaint of stats.complaints) check(false, complaint)
    return stats
  }

  /** Asks until nothing more is freed: one collection leaves what only a turn of the event loop lets go. */
  async #collected(stats: Stats): Promise<Stats> {
    let last = stats
    for (let idle = 0, tries = 0; idle < 5 && tries < 50; tries++) {
      await pause()
      const next = await this.#aged()
      idle = next.memory < last.memory - noiseBytes ? 0 : idle + 1
      if (next.memory < last.memory) last = next
    }
    return last
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100))
}

console.log(`seed ${seed}`)
for (const campaign of campaigns) {
  if (values.campaign === undefined || values.campaign === campaign.name) await attack(campaign)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

async function attack(campaign: Campaign): Promise<void> {
  const target = await startTarget()
  try {
    await new Attack(campaign, target).run()
  } catch (error) {
    fail(`the fuzzer stopped: ${error}`)
  } finally {
    await target.stop()
  }
}

function check(isRight: boolean, problem: string): void {
  if (isRight) passed++
  else fail(problem)
}

function fail(problem: string): void {
  failed++
  console.log(`FAIL: ${problem}`)
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}
