/**
 * Names the test runner that runs this program, if one does. What it leaves in the environment would also be there for
 * the servers that a test starts as processes of their own, so that its marks in the program count where it has any.
 */
export function testRunner(): string | undefined {
  // Looked at by name only.
  const marks = globalThis as {
    readonly [mark: PropertyKey]: unknown
    readonly process?: { readonly env?: Env }
  }
  if (marks.__vitest_worker__ !== undefined) return "Vitest"
  if (marks[Symbol.for("jest-native-promise")] !== undefined) return "Jest"
  // Mocha, and `bun test`.
  if (typeof marks.describe === "function" && typeof marks.it === "function") return "a test runner"
  return marks.process?.env?.NODE_TEST_CONTEXT === undefined ? undefined : "`node --test`"
}

interface Env {
  readonly NODE_TEST_CONTEXT?: string
}
