/** Builds `dist/` from `src/`, then removes what no source file stands for any more. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, runNode } from "./tools/run.ts"

const dist = join(root, "dist")

await runNode("node_modules/typescript/bin/tsc", ["-p", "tsconfig.build.json"])
for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!/\.(js|ts)$/.test(file)) continue
  if (isStale(file)) rmSync(join(dist, file))
  else if (file.endsWith(".d.ts")) nameOutputs(join(dist, file))
}

/** Only stale files go; the folder stays, so that a program using it meanwhile keeps its files. */
function isStale(file: string): boolean {
  return !existsSync(join(root, "src", file.replace(/(\.d\.ts|\.js)$/, ".ts")))
}

/** tsc rewrites `./x.ts` to `./x.js` in JavaScript only; older resolvers want it in declarations too. */
function nameOutputs(path: string): void {
  const text = readFileSync(path, "utf8")
  const renamed = text.replace(/((?:from |import\(|import )"\.{1,2}\/[^"\n]+)\.ts"/g, '$1.js"')
  if (renamed !== text) writeFileSync(path, renamed)
}
