/**
 * Builds `dist/` from `src/`: declarations by tsc, one per source file, and JavaScript by esbuild, one file per
 * entry and a chunk for what they share. Node spends about a millisecond on every module it loads, and there are
 * 150 of them.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { bundle } from "./tools/bundle.ts"
import { root, runNode } from "./tools/run.ts"

const dist = join(root, "dist")

await runNode("node_modules/typescript/bin/tsc", ["-p", "tsconfig.build.json"])
const written = new Set(await bundle("dist"))
for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!/\.(js|ts)$/.test(file)) continue
  if (isStale(file)) rmSync(join(dist, file))
  else if (file.endsWith(".d.ts")) nameOutputs(join(dist, file))
  else narrow(join(dist, file))
}

/** Only stale files go; the folder stays, so that a program using it meanwhile keeps its files. */
function isStale(file: string): boolean {
  if (file.endsWith(".js")) return !written.has(file)
  return !existsSync(join(root, "src", file.replace(/\.d\.ts$/, ".ts")))
}

/**
 * V8 keeps a file with one character beyond Latin-1 in two bytes each, and reads it slower. esbuild has escaped them
 * everywhere but in comments.
 */
function narrow(path: string): void {
  const text = readFileSync(path, "utf8")
  const lines = text.split("\n").map((line) => {
    if (!/[^\0-\xff]/.test(line)) return line
    if (!/^\s*(\*|\/\*|\/\/)/.test(line))
      stopWith(`${path} holds a character beyond Latin-1 outside of a comment: ${line.trim()}`)
    return line.replaceAll("\u2026", "...").replace(/[^\0-\xff]/g, "?")
  })
  const narrowed = lines.join("\n")
  if (narrowed !== text) writeFileSync(path, narrowed)
}

/** tsc leaves `./x.ts` in declarations; older resolvers want it named as what is there. */
function nameOutputs(path: string): void {
  const text = readFileSync(path, "utf8")
  const renamed = text.replace(/((?:from |import\(|import )"\.{1,2}\/[^"\n]+)\.ts"/g, '$1.js"')
  if (renamed !== text) writeFileSync(path, renamed)
}

function stopWith(problem: string): never {
  console.error(problem)
  process.exit(1)
}
