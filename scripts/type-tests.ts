/** Compiles the type tests against the built declarations with each TypeScript that users may have. */
import { existsSync } from "node:fs"
import { filesIn } from "./tools/files.ts"
import { report } from "./tools/report.ts"
import { capture } from "./tools/run.ts"

const compilers = [
  { version: "5.9", folder: "test/types/ts59" },
  { version: "6.0", folder: "." },
  { version: "7.0", folder: "test/types/ts70" },
] as const

const tests = filesIn("test/types", (path) => path.endsWith(".test-d.ts"))
if (tests.length === 0)
  report(["test/types/ holds no *.test-d.ts"], { right: "", fix: "Write the first type test." })
else {
  const problems: string[] = []
  for (const compiler of compilers) problems.push(...(await compile(compiler)))
  report(problems, {
    right: `${tests.length} type tests compile with TypeScript ${compilers.map(({ version }) => version).join(", ")}`,
    fix: "The types must hold on every version named; write them in the common part of the language.",
  })
}

async function compile({ version, folder }: (typeof compilers)[number]): Promise<readonly string[]> {
  const compiler = `${folder}/node_modules/typescript/bin/tsc`
  if (!existsSync(compiler)) {
    const { code, output } = await capture("npm", ["ci", "--prefix", folder])
    if (code !== 0) return [`npm ci in ${folder} failed:\n${output}`]
  }
  const args = [compiler, "-p", "test/types/tsconfig.json", "--pretty", "false"]
  const { code, output } = await capture(process.execPath, args)
  // Declarations of other packages are not ours to mend; those of dist/ are, so skipLibCheck is off.
  const ours = output.split("\n").filter((line) => /^(dist|test|src)\//.test(line) || /^error /.test(line))
  const isForeign = code !== 0 && ours.length === 0 && /^\S*node_modules\//m.test(output)
  if (code !== 0 && ours.length === 0 && !isForeign) return [`TypeScript ${version} failed:\n${output}`]
  return ours.map((line) => `TypeScript ${version}: ${line}`)
}
