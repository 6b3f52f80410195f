import { existsSync, realpathSync, statSync } from "node:fs"
import { extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { FolderNotWritable, type ImportTimeWork, ModuleFailed, NoSuchFile } from "../../errors/cli.ts"
import { type Host, setHost } from "../../shared/host.ts"
import { looksLikeFleetError } from "../failure.ts"
import { warn } from "../notice.ts"
import { explainImport, needsEsbuild } from "./broken-import.ts"
import { type Bundle, bundle, findEsbuild } from "./bundle.ts"
import { tellCopies } from "./copies.ts"
import { explainCycle } from "./cycle.ts"
import { findServer } from "./find-server.ts"
import { type ImportOptions, importModule, type Namespace } from "./import-module.ts"
import { explainMissingApi } from "./missing-api.ts"
import { shownFile } from "./place.ts"
import type { Program } from "./program.ts"
import type { ServerLike } from "./server-like.ts"
import { temporaryPath, withTemporaryModule } from "./temporary-module.ts"
import { nearFile } from "./unresolved-file.ts"

/** A user's server, loaded to be served by somebody else than its program. */
export interface LoadedServer {
  readonly server: ServerLike
  /** The file of its program, whole. */
  readonly file: string
  /** The export that it is, or that made it. None where the program runs it and exports none. */
  readonly exportName: string | undefined
  /** What the program told `mcp.run()`, if it ran it. */
  readonly run: object | undefined
  /** Closes the server. */
  dispose(): Promise<void>
}

/** How a server is loaded. */
export interface LoadOptions {
  /** Who loads it, as people call it. Default `fleetmcp`. */
  readonly name?: string
  /** Settings by name. Default: none. */
  readonly flags?: NonNullable<Host["flags"]>
  /** What the program finds in `process.argv` behind its own name. Default: nothing. */
  readonly args?: readonly string[]
  /** How long its module may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** Hears what a person may want to know. Default: standard error. */
  readonly onNotice?: (text: string) => void
}

/** How long a program that exports no server may take to run one, in milliseconds. */
const latestRunMs = 3000

/**
 * Loads a user's program, whatever module system and TypeScript it uses, and finds its server. From then on
 * `mcp.run()` starts nothing: see {@link Host}.
 *
 * @param target The file, or `file:name` for one of its exports.
 * @throws {NoSuchFile} It is not there.
 * @throws {NoServer} FLEET-01: it offers no server.
 * @throws {BrokenImport} FLEET-08: something that it imports is not there, or is no such module.
 * @throws {CircularImport} FLEET-13: its files import one another, and one was used too early.
 * @throws {OutdatedRuntime} FLEET-14: it uses what this Node does not have.
 * @throws {UnsettledImport} FLEET-15: it waits for something that never comes.
 * @throws {InvalidSource} It cannot be read.
 * @throws {ModuleFailed} It threw.
 */
export async function loadServer(target: string, options: LoadOptions = {}): Promise<LoadedServer> {
  const { name = "fleetmcp", flags = {}, args = [], timeoutMs = 10_000, onNotice = warn } = options
  const { file, exportName } = readTarget(target)
  const runs = new Runs()
  setHost({ name, program: file, flags, onRun: (server, told) => runs.add(server, told) })
  // The program sees itself as it would if it were started by itself.
  process.argv = [process.execPath, file, ...args]
  process.setSourceMapsEnabled(true)
  const onWork = ({ code, message }: ImportTimeWork) => onNotice(`${message} (${code})`)
  const namespace = await loadModule({ file, timeoutMs, onWork, onNotice })
  const search = { file, exportName, ran: () => runs.servers, timeoutMs, onNotice }
  const ranLater = () => runs.next(latestRunMs)
  const found = await findServer(namespace, { ...search, ranLater }).catch((error: unknown) => {
    // A getter or a proxy may throw whatever it is asked.
    throw failureOf(file, error)
  })
  // Branded, it has the members of its class.
  const server = found.server as ServerLike
  return {
    server,
    file,
    exportName: found.exportName,
    run: runs.optionsOf(server),
    dispose: () => server.close(),
  }
}

/** `server.ts:name` is an export of a file. */
function readTarget(target: string): { readonly file: string; readonly exportName: string | undefined } {
  const [, path = target, exportName] = existsSync(target)
    ? []
    : (/^(.+):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(target) ?? [])
  const file = resolve(path)
  const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() === true
  // As Node does: what it imports is found from where it really lies.
  if (isThere) return { file: realpathSync(file), exportName }
  const near = statSync(file, { throwIfNoEntry: false })?.isDirectory()
    ? nearFile(resolve(file, "server.ts"))
    : nearFile(file)
  throw new NoSuchFile(path, near === undefined ? undefined : path.replace(/[^\\/]*$/, near))
}

interface ModuleOptions extends ImportOptions {
  readonly onNotice: (text: string) => void
}

async function loadModule(options: ModuleOptions): Promise<Namespace> {
  const { file } = options
  const esbuild = await findEsbuild(file)
  if (esbuild === undefined) {
    if (!isReadByNode(file)) throw needsEsbuild(file)
    return await importExplained(file, options)
  }
  const path = temporaryPath(file)
  const bundled = await bundle(esbuild, file, path)
  tellCopies(bundled, options.onNotice)
  try {
    return await withTemporaryModule(path, bundled.code, () => importExplained(path, options, bundled))
  } catch (error) {
    // In a container the folder of a program is often read-only, and what lies there was built.
    if (!(error instanceof FolderNotWritable && isReadByNode(file))) throw error
    return await importExplained(file, options)
  }
}

/** Whether Node can read a program by itself. */
function isReadByNode(file: string): boolean {
  // Of Node 22.10 and later, and other runtimes.
  const { typescript } = process.features as { readonly typescript?: unknown }
  const extension = extname(file)
  return typescript ? !/^\.[jt]sx$/.test(extension) : !/^\.(?:[cm]?ts|[jt]sx)$/.test(extension)
}

async function importExplained(path: string, options: ModuleOptions, bundled?: Bundle): Promise<Namespace> {
  try {
    return await importModule(pathToFileURL(path).href, options)
  } catch (error) {
    const program: Program = { file: options.file, bundle: bundled }
    const explained =
      explainCycle(error, program) ?? explainMissingApi(error) ?? explainImport(error, program)
    if (explained !== undefined) throw explained
    throw failureOf(options.file, error)
  }
}

/** What was thrown on purpose says itself what to do. */
function failureOf(file: string, error: unknown): Error {
  return looksLikeFleetError(error) ? error : new ModuleFailed(shownFile(file), error)
}

/** The servers that a program ran, and what with. */
class Runs {
  readonly #options: Map<object, object> = new Map()
  #wake: () => void = () => undefined

  get servers(): readonly object[] {
    return [...this.#options.keys()]
  }

  add(server: object, options: object): void {
    if (!this.#options.has(server)) this.#options.set(server, options)
    this.#wake()
  }

  optionsOf(server: object): object | undefined {
    return this.#options.get(server)
  }

  /** Resolves when another runs, after so many milliseconds at most, or when the program has nothing left to do. */
  next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        process.off("beforeExit", done)
        resolve()
      }
      const timer = setTimeout(done, ms).unref()
      process.once("beforeExit", done)
      this.#wake = done
    })
  }
}
