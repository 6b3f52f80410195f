/** Where test runners leave their marks. */
interface Marks {
  readonly [mark: PropertyKey]: unknown
  readonly process?: { readonly env?: { readonly [name: string]: string | undefined } }
  readonly Bun?: { readonly main?: string }
}

/** The files that `bun test` runs. */
const bunTest = /[._](?:test|spec)\.[cm]?[jt]sx?$/

/**
 * Names the test runner that runs this program, if one does. What it leaves in the environment would also be there for
 * the servers that a test starts as processes of their own, so that its marks in the program count where it has any.
 *
 * @param marks Default: the global object.
 */
export function testRunner(marks: Marks = globalThis as Marks): string | undefined {
  // Deno has neither of the runners that are known by it, and would ask for a permission, which stops a program.
  const env = marks.Deno === undefined ? (marks.process?.env ?? {}) : {}
  if (marks.__vitest_worker__ !== undefined) return "Vitest"
  if (marks[Symbol.for("jest-native-promise")] !== undefined) return "Jest"
  if (env.NODE_ENV === "test" && bunTest.test(marks.Bun?.main ?? "")) return "`bun test`"
  // Mocha, and those that are like it.
  if (typeof marks.describe === "function" && typeof marks.it === "function") return "a test runner"
  return env.NODE_TEST_CONTEXT === undefined ? undefined : "`node --test`"
}
