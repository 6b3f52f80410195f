/**
 * Builds `dist/` from `src/`: declarations by tsc, one per source file, and JavaScript by esbuild, one file per
 * entry and a chunk for what they share. Node spends about a millisecond on every module it loads, and there are
 * 150 of them.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { type BuildOptions, build } from "esbuild"
import { fewChunks } from "./tools/few-chunks.ts"
import { entries, importTargets } from "./tools/manifest.ts"
import { root, runNode } from "./tools/run.ts"

const dist = join(root, "dist")

await runNode("node_modules/typescript/bin/tsc", ["-p", "tsconfig.build.json"])
const options = {
  absWorkingDir: root,
  entryPoints: [...new Set([...entries(), ...importTargets()].map(({ source }) => source))].filter((source) =>
    existsSync(join(root, source)),
  ),
  outbase: "src",
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2023",
  packages: "external",
  // Which file stands behind these the runtime decides, by package.json.
  external: ["#*"],
  legalComments: "none",
  // The imports that `fewChunks` adds name nothing.
  logOverride: { "ignored-bare-import": "silent" },
} satisfies BuildOptions
const { metafile } = await build({ ...options, plugins: [await fewChunks(options)], metafile: true })
const written = new Set(Object.keys(metafile.outputs).map((file) => relative("dist", file)))
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
