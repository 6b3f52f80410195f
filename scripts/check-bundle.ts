/** Bundles what a worker would deploy and checks its weight and what must not be in it. */

import { existsSync } from "node:fs"
import { relative } from "node:path"
import { gzipSync } from "node:zlib"
import { build, type Metafile } from "esbuild"
import { report } from "./tools/report.ts"
import { isMain, root } from "./tools/run.ts"

/** The program that is weighed: a server for the fetch handler, as a user writes it. */
const entry = `import { FleetMCP } from "fleetmcp"\nexport default new FleetMCP("bundle")\n`
const ceiling = 60_000
// What a server does without where it is not there may be asked for.
const hiddenModule = /\(\s*["'`]node:[\w/]+["'`]\s*\)|getBuiltinModule(?:\?\.)?\((?!\s*"async_hooks")[^)]*\)/g
const forbidden = ["zod", "ajv", "ajv-formats", "valibot", "arktype"]

export interface Bundle {
  readonly gzipped: number
  readonly problems: readonly string[]
  /** The heaviest inputs, for the message: what one would look at first. */
  readonly heaviest: readonly string[]
}

if (isMain(import.meta)) {
  if (!existsSync("src/index.ts")) {
    console.log("skipped: there is no src/index.ts yet")
  } else {
    const { gzipped, problems, heaviest } = await measure(entry, ceiling).catch(unbuilt)
    if (heaviest.length > 0 && problems.length > 0) console.log(`Heaviest inputs:\n${heaviest.join("\n")}\n`)
    report(problems, {
      right: `the fetch entry is ${(gzipped / 1000).toFixed(1)} of ${ceiling / 1000} kB, minified and gzipped`,
      fix: "Move what workers do not need behind a subpath, or a row of package.json `imports`.",
    })
  }
}

/** What esbuild says of a `dist/` that does not fit together. */
function unbuilt(error: Error): Bundle {
  return { gzipped: 0, problems: [error.message], heaviest: [] }
}

/** Bundles a program for workers and lists what is wrong with the result. */
export async function measure(program: string, limit: number): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: program, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    // What is loaded when it is first needed is a file of its own, and not weighed.
    splitting: true,
    outdir: "out",
    minify: true,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*"],
    // Without the `paths` of tsconfig.json: a user's bundler reads package.json and `dist/`.
    tsconfigRaw: {},
    logLevel: "silent",
  })
  const start = startFiles(metafile)
  const code = Buffer.concat(
    outputFiles
      .filter(({ path }) => start.has(relative(process.cwd(), path)))
      .map(({ contents }) => contents),
  )
  const gzipped = gzipSync(code, { level: 9 }).byteLength
  const weight = gzipped > limit ? [`the bundle is ${gzipped} bytes, the ceiling is ${limit}`] : []
  return {
    gzipped,
    problems: [...weight, ...forbiddenInputs(metafile), ...nodeNames(metafile, code)],
    heaviest: heaviest(metafile),
  }
}

/** The files that are loaded at start: the entry and what it imports other than by `import()`. */
function startFiles({ outputs }: Metafile): ReadonlySet<string> {
  const files = new Set<string>()
  const visit = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === "import-statement") visit(path)
  }
  for (const [file, { entryPoint }] of Object.entries(outputs)) if (entryPoint === "<stdin>") visit(file)
  return files
}

function forbiddenInputs({ inputs }: Metafile): readonly string[] {
  return Object.entries(inputs).flatMap(([path, input]) =>
    input.imports
      .filter(
        (one) =>
          forbidden.some((name) => one.path.includes(`node_modules/${name}/`)) &&
          !path.includes("node_modules/"),
      )
      .map((one) => `${path} imports ${one.original ?? one.path}`),
  )
}

/** What esbuild left as an import, and what it cannot see: `process.getBuiltinModule("node:fs")`. */
function nodeNames({ inputs }: Metafile, code: Uint8Array): readonly string[] {
  const imported = Object.entries(inputs).flatMap(([path, input]) =>
    input.imports.filter((one) => one.path.startsWith("node:")).map((one) => `${path} imports ${one.path}`),
  )
  const hidden = new TextDecoder().decode(code).match(hiddenModule) ?? []
  return imported.length > 0 ? imported : hidden.map((call) => `the bundle loads ${call}`)
}

function heaviest({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 12)
    .map(([path, { bytesInOutput }]) => `${String(bytesInOutput).padStart(8)}  ${path}`)
}
