import type { Reporter, TestModule } from "vitest/node"

/** Ends a run with `N passed, N failed` alone on a line, the form that CI reads. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tally = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state)
      for (const state of states) if (state !== "pending") tally[state] += 1
      // A file that could not be loaded, or whose hooks failed, has no failed test to count.
      if (!module.ok() && !states.includes("failed")) tally.failed += 1
    }
    const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : ""
    process.stdout.write(`${tally.passed} passed, ${tally.failed} failed${skipped}\n`)
  }
}
