/** Ends a gate: prints each problem and what to do, or what was found right; sets the exit code. */
export function report(
  problems: readonly string[],
  texts: { readonly right: string; readonly fix: string },
): void {
  if (problems.length === 0) {
    console.log(texts.right)
    return
  }
  for (const problem of problems) console.log(problem)
  console.log(`\n${problems.length} to mend. ${texts.fix}`)
  process.exitCode = 1
}
