import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild"
import { entries, importTargets } from "./manifest.ts"
import { root } from "./run.ts"

/** What is loaded at the start of many programs, after the main entry: what belongs to one start stands together. */
const startedOften = [
  ["src/fleet-mcp-run.ts", "src/stdio/index.ts", "src/server/lister.ts"],
  ["src/schema/validators/eval-free.ts"],
]

/**
 * Has esbuild write what the main entry loads as one chunk, and what several others share with each of
 * {@link startedOften} as one more. By itself it makes a chunk for every set of entries that share something, dozens
 * here: Node spends a millisecond on each, and what they hand each other has to be named on both sides. Where all entries
 * that read some of it read all of it, and so does code that is loaded later, there is one such set.
 */
export async function fewChunks(options: BuildOptions): Promise<Plugin> {
  const { metafile } = await build({ ...options, write: false, metafile: true })
  const graph = new Graph(metafile)
  const main = entries().find(({ subpath }) => subpath === ".")?.source ?? ""
  const shared = graph.reach(main)
  const starts = [...new Set([...graph.entries(), ...graph.lazy()])]
  const readersOf = (files: readonly string[]) =>
    starts.filter((start) => graph.reach(start).some((file) => files.includes(file)))

  const chunks = [shared]
  for (const start of startedOften) {
    const rest = [...new Set(start.flatMap((file) => graph.reach(file)))].filter(
      (file) => !chunks.flat().includes(file),
    )
    chunks.push(rest.filter((file) => readersOf([file]).length > 1))
  }
  const reads = new Map(starts.map((start) => [join(root, start), [] as string[]]))
  for (const files of chunks)
    for (const reader of readersOf(files)) reads.get(join(root, reader))?.push(...files)
  return {
    name: "few-chunks",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const files = reads.get(path)
        if (files === undefined || files.length === 0) return undefined
        const imports = files.map((file) => `import ${JSON.stringify(join(root, file))}`)
        return { contents: [readFileSync(path, "utf8"), ...imports].join("\n"), loader: "ts" }
      })
    },
  }
}

/** Which source file loads which. */
class Graph {
  readonly #metafile: Metafile

  constructor(metafile: Metafile) {
    this.#metafile = metafile
  }

  /** Lists what is loaded with a file, `#` names included. */
  imports(file: string): readonly string[] {
    return this.#importsOf(file, "import-statement")
  }

  /** Lists a file and all that is loaded with it. */
  reach(start: string): readonly string[] {
    const files = new Set([start])
    for (const file of files) for (const path of this.imports(file)) if (this.#has(path)) files.add(path)
    return [...files]
  }

  entries(): readonly string[] {
    return Object.values(this.#metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? [])
  }

  /** Lists what is loaded when it is first needed. */
  lazy(): readonly string[] {
    const paths = Object.keys(this.#metafile.inputs).flatMap((file) =>
      this.#importsOf(file, "dynamic-import"),
    )
    const behindNames = importTargets().filter(({ name }) => paths.includes(name))
    const files = [...paths.filter((path) => this.#has(path)), ...behindNames.map(({ source }) => source)]
    return [...new Set(files)]
  }

  #has(file: string): boolean {
    return this.#metafile.inputs[file] !== undefined
  }

  #importsOf(file: string, kind: string): readonly string[] {
    const all = this.#metafile.inputs[file]?.imports ?? []
    return all.filter((one) => one.kind === kind).map(({ path }) => path)
  }
}
