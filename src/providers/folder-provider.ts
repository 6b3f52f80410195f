import type { ComponentKind } from "../components/component.ts"
import { FolderUnusable } from "../errors/folders.ts"
import type { ChangeListener, Provider, Resolved } from "../server/provider.ts"
import { type ServerLog, safeLog } from "../server/server-log.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import type { FoundFolder } from "./folder-walk.ts"
import { FolderWatch } from "./folder-watch.ts"

/** A provider of what lies in folders. */
export interface FolderProvider extends Provider {
  /**
   * Looks again, whether the folders are watched or not, and resolves when what is there now is offered.
   *
   * @throws {FleetError} What is there cannot be offered; what was offered before stays.
   */
  rescan(): Promise<void>
}

/** All that folders offer at one moment. */
export interface Generation {
  /** Kept from the generation before where nothing changed, so that it is known what did. */
  readonly entries: readonly Resolved[]
  /** What to watch for changes. */
  readonly folders: readonly FoundFolder[]
}

/** What a provider of folders is made of. */
export interface FolderProviderInit {
  readonly name: string
  readonly watch: boolean
  readonly log: ServerLog
  /** Reads the folders. */
  readonly read: () => Promise<Generation>
}

/** How long folders that cannot be read are left alone, in milliseconds. */
const RETRY_MS = 1000

/** Makes a provider whose components are swapped all at once when its folders have changed. */
export function folderProvider(init: FolderProviderInit): FolderProvider {
  const folder = new Folder({ ...init, log: safeLog(init.log) })
  return Object.freeze({
    name: init.name,
    list: (kind: ComponentKind) => folder.list(kind),
    onChange: (listener: ChangeListener) => folder.onChange(listener),
    lifespan: () => folder.lifespan(),
    rescan: () => folder.rescan(),
  } as FolderProvider) // `list` gives what is of the kind that it is asked for.
}

class Folder {
  readonly #init: FolderProviderInit
  readonly #listeners: Set<ChangeListener> = new Set()
  /** Kinds whose list somebody waits for: they hear of the first generation, whatever is in it. */
  readonly #awaited: Set<ComponentKind> = new Set()
  #lists: ReadonlyMap<ComponentKind, readonly Resolved[]> | undefined
  #folders: readonly FoundFolder[] = []
  #running: Promise<void> | undefined
  #queued: Promise<void> | undefined
  #servers = 0
  #watch: FolderWatch | undefined
  #cancelRetry: () => void = () => undefined
  /** What was said last of a generation that was not taken: once is enough. */
  #said: string | undefined

  constructor(init: FolderProviderInit) {
    this.#init = init
  }

  list(kind: ComponentKind): readonly Resolved[] | Promise<readonly Resolved[]> {
    if (this.#lists !== undefined) return this.#lists.get(kind) ?? none
    this.#awaited.add(kind)
    return this.#first().then(() => this.#lists?.get(kind) ?? none)
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** One provider may be given to several servers: it is watched until the last of them is closed. */
  async lifespan(): Promise<() => Promise<void>> {
    await this.#first()
    this.#servers++
    if (this.#init.watch) this.#startWatching()
    return async () => {
      this.#servers--
      if (this.#servers === 0) this.#stopWatching()
    }
  }

  rescan(): Promise<void> {
    if (this.#running === undefined) return this.#run()
    // The run may have passed by what has changed since.
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined
        return this.#run()
      })
    return this.#queued
  }

  #first(): Promise<void> {
    return this.#lists === undefined ? (this.#running ?? this.#run()) : Promise.resolve()
  }

  #run(): Promise<void> {
    const run = this.#read().finally(() => {
      this.#running = undefined
    })
    this.#running = run
    return run
  }

  async #read(): Promise<void> {
    const { entries, folders } = await this.#init.read()
    this.#said = undefined
    this.#folders = folders
    this.#watch?.update(folders)
    const lists = byKind(entries)
    const before = this.#lists
    this.#lists = lists
    const changed = kinds.filter((kind) => {
      if (before === undefined && this.#awaited.has(kind)) return true
      return !isSame(before?.get(kind) ?? none, lists.get(kind) ?? none)
    })
    if (changed.length > 0) for (const listener of [...this.#listeners]) listener(changed)
  }

  #startWatching(): void {
    if (this.#watch !== undefined) return
    this.#watch = new FolderWatch({
      onChange: () => this.#look(),
      onError: (folder, error) => {
        const message = `\`${folder}\` cannot be watched; changes in it are not seen. Raise the limit of watched folders of the system, or serve fewer.`
        this.#init.log({ level: "warning", message, error })
      },
    })
    this.#watch.update(this.#folders)
  }

  #look(): void {
    this.rescan().catch((error: unknown) => {
      const message = `\`${this.#init.name}\` keeps what it offered before`
      if (this.#said !== String(error)) this.#init.log({ level: "error", message, error })
      this.#said = String(error)
      if (this.#watch === undefined || !(error instanceof FolderUnusable)) return
      // A folder that is gone is watched no more, even when it comes back.
      this.#watch.update([])
      this.#cancelRetry()
      this.#cancelRetry = quietTimeout(() => this.#look(), RETRY_MS)
    })
  }

  #stopWatching(): void {
    this.#cancelRetry()
    this.#watch?.close()
    this.#watch = undefined
  }
}

const kinds: readonly ComponentKind[] = ["tool", "resource", "template", "prompt"]

const none: readonly Resolved[] = []

function byKind(entries: readonly Resolved[]): ReadonlyMap<ComponentKind, readonly Resolved[]> {
  return new Map(
    kinds.map((kind) => [kind, entries.filter(({ component }) => component.kind === kind)] as const),
  )
}

function isSame(one: readonly Resolved[], other: readonly Resolved[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index])
}
