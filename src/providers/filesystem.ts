import { basename } from "node:path"
import { componentKey } from "../components/component.ts"
import { assertOptions, type KnownOptions, type OptionKind } from "../components/options.ts"
import { toAbsolute } from "../components/static-resources-file.ts"
import { DuplicateInFiles } from "../errors/folders.ts"
import type { Resolved } from "../server/provider.ts"
import { consoleLog, type ServerLog } from "../server/server-log.ts"
import { isTexts } from "../shared/is-texts.ts"
import { componentsOf, prefixed } from "./filesystem-components.ts"
import { importFile } from "./filesystem-import.ts"
import { type FolderProvider, folderProvider, type Generation } from "./folder-provider.ts"
import { type FoundFile, walkFolder } from "./folder-walk.ts"

export type { FolderProvider } from "./folder-provider.ts"

/** How a folder of modules is served. */
export interface FilesystemOptions {
  /** Stands before the names of all tools and prompts. Default: nothing. */
  readonly prefix?: string
  /** Stands between the parts of a name: the prefix, the folders, the component's own name. Default `_`. */
  readonly separator?: string
  /** Whether the folders that a module lies in are part of the names of its tools and prompts. Default `true`. */
  readonly folderPrefixes?: boolean
  /** Whether changes are taken over while the server runs. For development. Default `false`. */
  readonly watch?: boolean
  /** Which files are modules. Default `.js`, `.mjs`, `.ts` and `.mts`. */
  readonly extensions?: readonly string[]
  /** Whether links that lead out of the folder are followed. Default `false`. */
  readonly outsideLinks?: boolean
  /** Where it says what it cannot load. Default: the standard error stream. */
  readonly log?: ServerLog
}

const MAX_FILES = 10_000
/** Node forgets no module; after so many it is worth saying. */
const MANY_RELOADS = 1000

/**
 * Makes a provider of the components that the modules of a folder export: what `tool()`, `resource()` and `prompt()`
 * made, by any name, as default, or in lists. Tools and prompts of `users/admin/ban.ts` are named `users_admin_…`; URIs
 * stay as they are. Names that begin with `.` or `_`, `index` files, tests, declarations and `node_modules` are left out.
 *
 * @param root The folder: a path, from the working directory at this moment, or a `file:` URL.
 * @param options `prefix`, `separator`, `folderPrefixes`, `watch`, `extensions`, `outsideLinks` and `log`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @see S28/server/tools#tool-names
 * @example
 * const mcp = new FleetMCP("Shop", { providers: [filesystem(new URL("components/", import.meta.url))] })
 */
export function filesystem(root: string | URL, options: FilesystemOptions = {}): FolderProvider {
  assertOptions("`filesystem()`", options, known)
  const absolute = toAbsolute(root)
  const name = `filesystem ${basename(absolute)}`
  const modules = new Modules(absolute, name, options)
  const { watch = false, log = consoleLog } = options
  return folderProvider({ name, watch, log, read: () => modules.read() })
}

const kinds: { readonly [name in keyof FilesystemOptions]-?: OptionKind } = {
  prefix: "string",
  separator: "string",
  folderPrefixes: "boolean",
  watch: "boolean",
  extensions: {
    holds: (value) => isTexts(value) && value.every((one) => /^\.\w+$/.test(one)),
    expected: "a list of extensions, such as `.js`",
  },
  outsideLinks: "boolean",
  log: "function",
}

const known: KnownOptions = {
  kinds,
  foreign: {
    reload: "Use `watch`.",
    namespace: "Use `prefix`.",
    followSymlinks: "Use `outsideLinks`.",
    root: "Give the folder as the first argument.",
  },
}

/** What is known of a file. */
interface Module {
  readonly stamp: string
  /** How often this state of it failed. */
  readonly failures: number
  /** Of the last state that could be loaded. */
  readonly entries: readonly Resolved[]
  /** What was said of it last. */
  readonly said: string | undefined
}

class Modules {
  readonly #root: string
  readonly #owner: string
  readonly #options: FilesystemOptions
  readonly #log: ServerLog
  readonly #links: Set<string> = new Set()
  #modules: ReadonlyMap<string, Module> = new Map()
  /** Files that are no modules of components, by their stamps: modules may import them. */
  #helpers: ReadonlyMap<string, string> = new Map()
  #hasStarted = false
  #reloads = 0

  constructor(root: string, owner: string, options: FilesystemOptions) {
    this.#root = root
    this.#owner = owner
    this.#options = options
    this.#log = options.log ?? consoleLog
  }

  /** Loads what changed since the last time. At the start everything must be sound, later what is broken stays as it was. */
  async read(): Promise<Generation> {
    const { outsideLinks = false } = this.#options
    const { files, folders } = await walkFolder({
      root: this.#root,
      outsideLinks,
      maxFiles: MAX_FILES,
      skips: (name, isFolder) => name.startsWith(".") || (isFolder && name === "node_modules"),
      onOutsideLink: (path) => this.#tellLink(path),
    })
    const sources = files.filter(({ path }) => this.#isSource(path))
    const modules = new Map<string, Module>()
    for (const file of sources) {
      if (isModule(file.path)) modules.set(file.path, await this.#load(file))
    }
    // Kept even where names meet: what was loaded need not be loaded again when that is mended.
    this.#modules = modules
    this.#tellHelpers(sources.filter(({ path }) => !isModule(path)))
    assertDistinct(modules)
    this.#hasStarted = true
    return { entries: [...modules.values()].flatMap(({ entries }) => entries), folders }
  }

  #isSource(path: string): boolean {
    const { extensions = defaultExtensions } = this.#options
    return extensions.some((extension) => path.endsWith(extension))
  }

  async #load(file: FoundFile): Promise<Module> {
    const { path, stamp } = file
    const before = this.#modules.get(path)
    if (before?.stamp === stamp && before.failures === 0) return before
    const failures = before?.stamp === stamp ? before.failures : 0
    try {
      const namespace = await importFile(file, failures)
      if (before !== undefined) this.#countReload()
      const entries = componentsOf(namespace).map((component) => this.#entry(component, path))
      return { stamp, failures: 0, entries, said: undefined }
    } catch (error) {
      if (!this.#hasStarted) throw error
      const said = String(error)
      if (before?.said !== said) this.#tellBroken(path, before, error)
      return { stamp, failures: failures + 1, entries: before?.entries ?? [], said }
    }
  }

  #entry(given: Parameters<typeof prefixed>[0], path: string): Resolved {
    const component = prefixed(given, this.#prefixOf(path))
    // A component's own `invoke` is the one for its kind.
    return Object.freeze({ component, owner: this.#owner, invoke: component.invoke } as Resolved)
  }

  #prefixOf(path: string): string {
    const { prefix = "", separator = "_", folderPrefixes = true } = this.#options
    const folders = folderPrefixes ? path.split("/").slice(0, -1) : []
    return [prefix, ...folders]
      .filter((part) => part !== "")
      .map((part) => part + separator)
      .join("")
  }

  #tellBroken(path: string, before: Module | undefined, error: unknown): void {
    const instead = before === undefined ? "offers nothing" : "offers what it did before"
    this.#log({ level: "error", message: `\`${path}\` cannot be loaded and ${instead}`, error })
  }

  #tellLink(path: string): void {
    if (this.#links.has(path)) return
    this.#links.add(path)
    const message = `\`${path}\` of \`${this.#root}\` is a link that leads out of it and is not followed. Set \`outsideLinks: true\` to follow it.`
    this.#log({ level: "warning", message })
  }

  #tellHelpers(files: readonly FoundFile[]): void {
    const helpers = new Map(files.map(({ path, stamp }) => [path, stamp]))
    const changed = [...helpers].filter(([path, stamp]) => stamp !== (this.#helpers.get(path) ?? stamp))
    this.#helpers = helpers
    for (const [path] of changed) {
      const message = `\`${path}\` has changed. Modules that import it keep what they have; start the server anew for it.`
      this.#log({ level: "warning", message })
    }
  }

  #countReload(): void {
    this.#reloads++
    if (this.#reloads % MANY_RELOADS !== 0) return
    const message = `\`${this.#owner}\` has loaded modules anew ${this.#reloads} times, and the runtime forgets none. Start the server anew to free their memory.`
    this.#log({ level: "warning", message })
  }
}

const defaultExtensions: readonly string[] = [".js", ".mjs", ".ts", ".mts"]

/** Whether a file offers components, and is not there for others. */
function isModule(path: string): boolean {
  const name = basename(path)
  return !(/(?:^|\/)_/.test(path) || /^index\.\w+$|\.(?:test|spec|d)\.\w+$/.test(name))
}

/** @throws {DuplicateInFiles} */
function assertDistinct(modules: ReadonlyMap<string, Module>): void {
  const places = new Map<string, string>()
  for (const [path, { entries }] of modules) {
    for (const { component } of entries) {
      const key = componentKey(component)
      const other = places.get(key)
      if (other !== undefined) throw new DuplicateInFiles(key, other, path)
      places.set(key, path)
    }
  }
}
