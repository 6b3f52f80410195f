/**
 * Tests the built package with clients that others made: `npm run interop`, or some of them by parts of their names:
 * `npm run interop -- sdk-v1 "auto http"`. All are asked the same, what `scripts/interop/checks.ts` says; what a client
 * is not asked is listed with the reason, and counts neither as passed nor as failed.
 */
import { join } from "node:path"
import { clients } from "./interop/clients.ts"
import { install } from "./interop/install.ts"
import { type Finding, type Leg, legsOf, runLeg } from "./interop/leg.ts"
import { root } from "./tools/run.ts"

const runtimes = await install().catch((error: Error) => stop(error.message))

const wanted = process.argv.slice(2)
const queue = legsOf(clients, join(root, ".cache/interop")).filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
)
if (queue.length === 0) stop(`No client is called ${wanted.join(" or ")}.`)
const total = { passed: 0, failed: 0 }
/** Why clients were not asked, each with what and whom. */
const reasons = new Map<string, { readonly checks: Set<string>; readonly legs: Set<string> }>()
// Two at a time: a client and its server take turns.
await Promise.all([drain(), drain()])

console.log("\nNot asked:")
for (const [reason, { checks, legs }] of reasons)
  console.log(`  ${reason}\n    what: ${[...checks].join("; ")}\n    whom: ${[...legs].join(", ")}`)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

async function drain(): Promise<void> {
  for (let leg = queue.shift(); leg; leg = queue.shift()) {
    const started = performance.now()
    const findings = await runLeg(leg, runtimes)
    report(leg, findings, (performance.now() - started) / 1000)
  }
}

function report({ name, revision }: Leg, findings: readonly Finding[], seconds: number): void {
  const problems = findings.filter(({ problem }) => problem !== undefined)
  const notAsked = findings.filter(({ reason }) => reason !== undefined)
  const passed = findings.length - problems.length - notAsked.length
  const counts = `${passed} passed, ${problems.length} failed, ${notAsked.length} not asked`
  console.log(`${name} (${revision}): ${counts}, ${seconds.toFixed(1)} s`)
  for (const { check, problem } of problems) console.log(`  FAILED ${check}: ${problem}`)
  for (const { check, reason = "" } of notAsked) {
    const { checks, legs } = reasons.get(reason) ?? { checks: new Set(), legs: new Set() }
    reasons.set(reason, { checks: checks.add(check), legs: legs.add(name) })
  }
  total.passed += passed
  total.failed += problems.length
}

function stop(message: string): never {
  console.log(`${message}\n0 passed, 1 failed`)
  process.exit(1)
}
