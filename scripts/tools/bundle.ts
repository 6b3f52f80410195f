import { existsSync, writeFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { join, relative, resolve } from "node:path"
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild"
import { fewChunks } from "./few-chunks.ts"
import { licences } from "./licences.ts"
import { commands, entries, importTargets, installed, runtimeEntries } from "./manifest.ts"
import { root } from "./run.ts"

const shared = {
  absWorkingDir: root,
  outbase: "src",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2023",
  legalComments: "none",
  metafile: true,
} satisfies BuildOptions

/**
 * Writes the JavaScript of the package.
 *
 * @param outdir Where to.
 * @returns The files, relative to it.
 */
export async function bundle(outdir: string): Promise<readonly string[]> {
  const outputs = { ...(await bundleLibrary(outdir)).outputs, ...(await bundleCommands(outdir)).outputs }
  return Object.keys(outputs).map((file) => relative(resolve(root, outdir), join(root, file)))
}

/** One file per entry and a chunk for what they share. */
async function bundleLibrary(outdir: string): Promise<Metafile> {
  const sources = [...entries(), ...runtimeEntries(), ...importTargets()].map(({ source }) => source)
  const options = {
    ...shared,
    outdir,
    entryPoints: [...new Set(sources)].filter((source) => existsSync(join(root, source))),
    chunkNames: "chunks/[name]-[hash]",
    packages: "external",
    // Which file stands behind these the runtime decides, by package.json.
    external: ["#*"],
    // The imports that `fewChunks` adds name nothing.
    logOverride: { "ignored-bare-import": "silent" },
  } satisfies BuildOptions
  return (await build({ ...options, plugins: [await fewChunks(options)] })).metafile
}

/**
 * The commands, and with them the packages that only they need. What they have of the library itself, beyond small
 * parts, is the library's own: built apart, they change nothing of what servers load.
 */
async function bundleCommands(outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    ...shared,
    outdir,
    entryPoints: [...commands()],
    chunkNames: "chunks/command-[name]-[hash]",
    platform: "node",
    external: ["#*", ...installed().flatMap((name) => [name, `${name}/*`])],
    plugins: [ownLibrary, builtins],
  })
  if (metafile.inputs["src/server/engine.ts"] !== undefined)
    throw new Error("The commands hold a second engine: have them import an entry of package.json `exports`.")
  const packages = Object.keys(metafile.inputs).filter((file) => file.includes("node_modules/"))
  writeFileSync(join(resolve(root, outdir), "cli/THIRD-PARTY-LICENSES.txt"), licences(packages))
  return metafile
}

/** What the commands import of an entry is what users import of it. */
const ownLibrary: Plugin = {
  name: "own-library",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const source = relative(root, resolve(resolveDir, path))
      const entry = entries().find((each) => each.source === source)
      if (entry === undefined) return undefined
      const own = runtimeEntries().find(
        ({ name, condition }) => name === entry.subpath && condition === "node",
      )
      // As seen from every folder of the build in which a file of the commands lies.
      return { path: (own ?? entry).output.replace(/^dist/, ".."), external: true }
    })
  },
}

/** CommonJS packages require what Node has; a module has no `require`, and asks Node itself. */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === "require-call" && isBuiltin(path) ? { path, namespace: "builtin" } : undefined,
    )
    onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}
