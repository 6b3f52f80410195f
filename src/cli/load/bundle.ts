import { readFileSync } from "node:fs"
import { basename, dirname, extname, join } from "node:path"
import { pathToFileURL } from "node:url"
import type * as Esbuild from "esbuild"
import { type BrokenImport, InvalidSource, OutdatedRuntime } from "../../errors/cli.ts"
import { resolveFrom } from "./project.ts"
import { unresolvedFile } from "./unresolved-file.ts"

/** A program in one module, and what it was made of. */
export interface Bundle {
  readonly code: string
  /** Which file imports which; paths are relative to {@link Bundle.folder}. */
  readonly inputs: Esbuild.Metafile["inputs"]
  readonly folder: string
}

/** The oldest esbuild that knows everything asked of it here. */
const oldestEsbuild = [0, 25] as const

/**
 * Finds esbuild: the project's, or else the one beside this package.
 *
 * @throws {OutdatedRuntime} FLEET-14: it is too old.
 */
export async function findEsbuild(file: string): Promise<typeof Esbuild | undefined> {
  for (const from of [file, import.meta.url]) {
    const path = resolveFrom(from, "esbuild")
    if (path === undefined) continue
    const module: { readonly default: typeof Esbuild } = await import(pathToFileURL(path).href)
    const { version } = module.default
    const [major = 0, minor = 0] = version.split(".").map(Number)
    if (major > oldestEsbuild[0] || minor >= oldestEsbuild[1]) return module.default
    throw new OutdatedRuntime(
      `esbuild ${version}, which reads the program, is too old.`,
      `esbuild ${oldestEsbuild.join(".")}`,
    )
  }
  return undefined
}

/**
 * Makes one module of a program: its own files, whatever module system and TypeScript they use, but no packages. Files
 * still see themselves where they lie, by `import.meta` or `__dirname`.
 *
 * @param file The program.
 * @param outfile Where the module is to lie: what it imports by name is found from there.
 * @throws {BrokenImport} FLEET-08: a file that is imported is not there.
 * @throws {InvalidSource} A file is not written in its language.
 */
export async function bundle(esbuild: typeof Esbuild, file: string, outfile: string): Promise<Bundle> {
  const folder = dirname(file)
  try {
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: folder,
      entryPoints: [file],
      outfile,
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "esm",
      target: `node${process.versions.node}`,
      packages: "external",
      sourcemap: "inline",
      logLevel: "silent",
      define: ownNames,
      plugins: [ownPlaces, neighbours(file)],
    })
    const code = outputFiles[0]?.text ?? ""
    return { code: withRequire(code, file), inputs: metafile.inputs, folder }
  } catch (error) {
    throw isBuildFailure(error) ? explain(error, folder) : error
  } finally {
    // Its service is a process of its own.
    await esbuild.stop()
  }
}

const prefix = "__fleetmcp_"
const ownNames: { readonly [name: string]: string } = {
  "import.meta.url": `${prefix}url`,
  "import.meta.filename": `${prefix}filename`,
  "import.meta.dirname": `${prefix}dirname`,
  __filename: `${prefix}filename`,
  __dirname: `${prefix}dirname`,
}

/** Tells every file where it lies, which in one module they could not see themselves. */
const ownPlaces: Esbuild.Plugin = {
  name: "own-places",
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8")
      if (!/import\.meta|__(?:dir|file)name/.test(text)) return undefined
      const [hashbang = ""] = /^#!.*/.exec(text) ?? []
      const places = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) }
      const names = Object.entries(places).map(
        ([name, value]) => `${prefix}${name} = ${JSON.stringify(value)}`,
      )
      // On the first line, so that all lines keep their numbers.
      const contents = `var ${names.join(", ")};${text.slice(hashbang.length)}`
      return { contents, loader: loaderOf(path) }
    })
  },
}

function loaderOf(path: string): Esbuild.Loader {
  const extension = extname(path).replace(/^\.[cm]/, ".")
  // The filter of the plugin has these and no others.
  return extension.slice(1) as Esbuild.Loader
}

/**
 * Takes in packages of the same workspace that are still TypeScript, and has files that lie elsewhere than the program
 * find their packages from there.
 */
function neighbours(program: string): Esbuild.Plugin {
  return {
    name: "neighbours",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^[^./#\\]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === asked || importer === "" || /^[A-Za-z]+:/.test(path)) return undefined
        // By `paths` of a tsconfig.json it may be a file of the program.
        const { external } = await resolve(path, { importer, resolveDir, kind, pluginData: asked })
        const target = external ? resolveFrom(importer, path) : undefined
        if (target === undefined) return undefined
        if (/\.[cm]?tsx?$/.test(target) && !target.includes("node_modules")) return { path: target }
        if (resolveFrom(program, path) === target) return undefined
        return { path: kind === "require-call" ? target : pathToFileURL(target).href, external: true }
      })
    },
  }
}

/** Marks a question of our own. */
const asked = /* @__PURE__ */ Symbol("asked")

/**
 * Gives CommonJS files a `require` for packages. Where esbuild needs one it has renamed everything else of that name,
 * and only there.
 */
function withRequire(code: string, file: string): string {
  if (!/^var __require = /m.test(code)) return code
  const from = JSON.stringify(pathToFileURL(file).href)
  return `import { createRequire as ${prefix}require } from "node:module"; const require = ${prefix}require(${from}); ${code}`
}

function isBuildFailure(error: unknown): error is Esbuild.BuildFailure {
  return error instanceof Error && "errors" in error
}

/** Says what esbuild found in our own words. */
function explain(failure: Esbuild.BuildFailure, folder: string): BrokenImport | InvalidSource {
  const missing = failure.errors.find(({ text }) => text.startsWith("Could not resolve "))
  const [, specifier] = /^Could not resolve "(.+)"/.exec(missing?.text ?? "") ?? []
  if (missing?.location && specifier !== undefined) {
    const importer = { file: join(folder, missing.location.file), line: missing.location.line }
    return unresolvedFile(specifier, importer, failure)
  }
  const places = failure.errors.map(({ text, location }) =>
    location === null ? text : `${basename(location.file)}:${location.line}:${location.column + 1}: ${text}`,
  )
  return new InvalidSource(places, failure)
}
