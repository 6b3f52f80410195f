/**
 * Attacks a server with requests that are almost right, over real sockets: `npm run fuzz`, with
 * `-- --requests 200000 --seed 7` for more or for the same again, and `--batch 12 --plan 34` for one connection.
 * Each batch is one check; so are memory and connections at the end.
 */
import { parseArgs } from "node:util"
import { play } from "../test/fuzz/connection.ts"
import { converse } from "../test/fuzz/conversation.ts"
import { makePlan, type Plan } from "../test/fuzz/plan.ts"
import { Random } from "../test/fuzz/random.ts"
import { startTarget, type Target } from "../test/fuzz/target.ts"

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    batch: { type: "string" },
    plan: { type: "string" },
  },
})
const plansOfBatch = 500
const connections = 16
/** How long a server may take, in milliseconds; the machine may be busy with other things. */
const bounds = { answer: 15_000, close: 15_000 }
const heldUpMs = 2000
const leakBytes = 6 * 1024 * 1024
/** How much of a request is shown: with all of it there is `--plan`. */
const shownLength = values.plan === undefined ? 400 : 20_000
const entries = ["on node:http", "on node:http, with credentials", "of fetch"]
/** How many failures are told of before it is enough. */
const maxFailures = 10

const seed = Number(values.seed)
let passed = 0
let failed = 0
let requests = 0
const stalled: Promise<void>[] = []

console.log(`seed ${seed}`)
const started = performance.now()
const target = await startTarget()
try {
  if (values.batch === undefined) await attack(target, Number(values.requests))
  else await runBatch(target, Number(values.batch), values.plan)
} catch (error) {
  fail(`the fuzzer stopped: ${error}`)
} finally {
  await target.stop()
}
const seconds = (performance.now() - started) / 1000
console.log(`${requests} requests in ${seconds.toFixed(0)} s, ${(requests / seconds).toFixed(0)} a second`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

async function attack(target: Target, total: number): Promise<void> {
  const warm = total / 10
  let before: number | undefined
  for (let batch = 0; requests < total && failed < maxFailures; batch++) {
    await runBatch(target, batch)
    if (target.death !== undefined) return
    if (before === undefined && requests >= warm) before = await settled(target)
  }
  const after = await settled(target)
  const growth = after - (before ?? after)
  console.log(`memory: ${mib(before ?? 0)} MiB after a tenth, ${mib(after)} MiB at the end`)
  check(growth <= leakBytes, `memory grew by ${mib(growth)} MiB`)
}

/** Plays the plans of one batch, some at a time, and asks the server how it is. */
async function runBatch(target: Target, batch: number, only?: string): Promise<void> {
  const failures = failed
  let next = 0
  const work = async () => {
    for (let index = next++; index < plansOfBatch; index = next++) {
      if (only === undefined || Number(only) === index) await runPlan(target, { batch, index })
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
  if (only !== undefined) await Promise.all(stalled)
  const stats = await target.stats()
  for (const complaint of stats.complaints) tell(complaint, { batch })
  if (stats.heldUpMs > heldUpMs)
    tell(`the event loop was held up for ${stats.heldUpMs.toFixed(0)} ms`, { batch })
  if (failed === failures) passed++
}

async function runPlan(target: Target, place: Place): Promise<void> {
  const random = new Random(seed, place.batch, place.index ?? 0)
  const port = random.pick(target.ports)
  const entry = entries[target.ports.indexOf(port)] ?? ""
  if (random.chance(0.03)) {
    requests++
    const problem = await converse(random, port, bounds.answer)
    if (problem !== undefined) tell(problem, place, [`entry ${entry}, a conversation`])
    return
  }
  const plan = makePlan(random)
  requests += plan.requests.length
  const played = play(plan, port, bounds).then((problem) => {
    if (problem !== undefined)
      tell(target.death ?? problem, place, [`entry ${entry}, ${plan.ending}`, ...shown(plan)])
  })
  // Those wait for time-outs; the others need not wait for them.
  if (plan.ending === "stall") stalled.push(played)
  else await played
}

function shown({ requests: all }: Plan): readonly string[] {
  return all.map(({ bytes }) => JSON.stringify(bytes.toString("latin1").slice(0, shownLength)))
}

interface Place {
  readonly batch: number
  readonly index?: number
}

/** Says what is wrong and how to see it again. */
function tell(problem: string, { batch, index }: Place, details: readonly string[] = []): void {
  const plan = index === undefined ? "" : ` --plan ${index}`
  fail([problem, `again: npm run fuzz -- --seed ${seed} --batch ${batch}${plan}`, ...details].join("\n  "))
}

/** Waits until the server is at rest and returns the memory it uses then. */
async function settled(target: Target): Promise<number> {
  await Promise.all(stalled)
  for (let tries = 0; ; tries++) {
    const { memory, connections: open } = await target.stats()
    if (open === 0 || tries === 100) {
      check(open === 0, `${open} connections stay open that no client has`)
      return memory
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
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
