import { readdir, realpath, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import type { AuthCheck } from "../components/auth-check.ts"
import type { CacheHints } from "../components/component.ts"
import { isInside } from "../components/static-resources-directory-file.ts"
import { isMissing } from "../components/static-resources-file.ts"
import { FolderUnusable } from "../errors/folders.ts"
import { InvalidSkill } from "../errors/skills.ts"
import type { Resolved } from "../server/provider.ts"
import { consoleLog, type LogRecord, type ServerLog, safeLog } from "../server/server-log.ts"
import type { Generation } from "./folder-provider.ts"
import type { FoundFolder } from "./folder-walk.ts"
import { skillComponents } from "./skills-components.ts"
import { readSkill, type SkillFolder } from "./skills-folder.ts"

/** Where skills lie. */
export interface SkillRoot {
  readonly path: string
  /** Whether it is a skill itself, a folder of skills, or such a folder that need not be there. */
  readonly kind: "skill" | "root" | "optional"
}

/** How they are read; checked. */
export interface SkillSourceOptions {
  readonly supportingFiles?: "template" | "resources"
  readonly mainFile?: string
  readonly outsideLinks?: boolean
  readonly auth?: AuthCheck
  readonly tags?: readonly string[]
  readonly cache?: CacheHints
  readonly log?: ServerLog
}

/** Under Symbol.for, so that the extension knows the providers of another copy of this package. */
export const kSkills: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.skills") as never

/** A skill that is offered, and how. */
interface Kept {
  readonly skill: SkillFolder
  readonly entries: readonly Resolved[]
}

const MAX_SKILLS = 10_000

/** Reads skills, and keeps what did not change. */
export class SkillSource {
  readonly log: ServerLog
  /** Reads them again. Set by the provider. */
  onStale: () => Promise<void> = async () => undefined
  readonly #owner: string
  readonly #roots: readonly SkillRoot[]
  readonly #options: SkillSourceOptions
  /** What was said already, so that it is said once. */
  readonly #said: Map<string, string> = new Map()
  #kept: ReadonlyMap<string, Kept> = new Map()

  constructor(owner: string, roots: readonly SkillRoot[], options: SkillSourceOptions) {
    this.#owner = owner
    this.#roots = roots
    this.#options = options
    this.log = safeLog(options.log ?? consoleLog)
  }

  /** What is offered now, in order. */
  get skills(): readonly SkillFolder[] {
    return [...this.#kept.values()].map(({ skill }) => skill)
  }

  /** Whether their main file is the one that the extension knows, and how long entries may be kept. */
  get options(): SkillSourceOptions {
    return this.#options
  }

  async read(): Promise<Generation> {
    const kept = new Map<string, Kept>()
    const folders: FoundFolder[] = []
    const names = new Map<string, string>()
    for (const root of this.#roots) {
      for (const found of await this.#places(root)) {
        folders.push(found)
        if (found.path === "") continue
        const one = await this.#read(found.path, root)
        if (one === undefined) continue
        const other = names.get(one.skill.name)
        if (other !== undefined) {
          const message = `The skill in \`${found.path}\` is not served: \`${other}\` has its name`
          this.#say(`name ${found.path}`, { level: "warning", message })
          continue
        }
        names.set(one.skill.name, found.path)
        kept.set(found.path, one)
        folders.push(...one.skill.folders)
      }
    }
    this.#kept = kept
    return { entries: [...kept.values()].flatMap(({ entries }) => entries), folders }
  }

  /** Lists the folders that may be skills, under their whole paths; what is only to be watched has none. */
  async #places({ path, kind }: SkillRoot): Promise<readonly FoundFolder[]> {
    try {
      if (kind === "skill") return [await placeOf(path, path)]
      const real = await realpath(path)
      const names = await readdir(real, { withFileTypes: true })
      if (names.length > MAX_SKILLS)
        throw new FolderUnusable(path, `it holds more than ${MAX_SKILLS} names`, {
          fix: "Serve several smaller folders.",
        })
      const places = [await placeOf(real, "")]
      for (const entry of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (entry.name.startsWith(".") || entry.isFile()) continue
        const place = await this.#place(real, join(path, entry.name))
        if (place !== undefined) places.push(place)
      }
      return places
    } catch (cause) {
      if (kind === "optional" && isMissing(cause)) return []
      if (cause instanceof FolderUnusable) throw cause
      const problem = isMissing(cause) ? "it is not there, or not a folder" : String(cause)
      throw new FolderUnusable(path, problem, { fix: "Name a folder that this process may read.", cause })
    }
  }

  async #place(root: string, path: string): Promise<FoundFolder | undefined> {
    try {
      const place = await placeOf(path, path)
      if (isInside(root, place.absolute) || this.#options.outsideLinks === true) return place
      this.#tellLink(path)
    } catch {
      // No folder, gone since it was named, or a link to nothing.
    }
    return undefined
  }

  async #read(folder: string, { kind }: SkillRoot): Promise<Kept | undefined> {
    const { mainFile = "SKILL.md", outsideLinks = false } = this.#options
    const before = this.#kept.get(folder)
    try {
      const onOutsideLink = (path: string) => this.#tellLink(join(folder, path))
      const skill = await readSkill({ folder, mainFile, outsideLinks, onOutsideLink }, before?.skill)
      if (skill === undefined && kind === "skill")
        throw new InvalidSkill(folder, `it has no \`${mainFile}\``, {
          fix: "Name the folder in which it lies.",
        })
      this.#said.delete(folder)
      if (skill === undefined || skill === before?.skill) return skill && before
      return { skill, entries: this.#entries(skill) }
    } catch (error) {
      if (kind === "skill" && before === undefined) throw error
      const instead = before === undefined ? "is not served" : "is served as it was"
      const message = `The skill in \`${folder}\` ${instead}`
      this.#say(folder, { level: "error", message, error })
      return before
    }
  }

  #entries(skill: SkillFolder): readonly Resolved[] {
    const { supportingFiles = "template", auth, tags, cache } = this.#options
    const onStale = () =>
      this.onStale().catch((error: unknown) => {
        this.log({ level: "error", message: `\`${this.#owner}\` keeps what it offered before`, error })
      })
    return skillComponents(skill, { supportingFiles, auth, tags, cache, onStale }).map(
      // A component's own `invoke` is the one for its kind.
      (component) => ({ component, owner: this.#owner, invoke: component.invoke }) as Resolved,
    )
  }

  #tellLink(path: string): void {
    const message = `\`${path}\` is a link that leads out and is not followed. Set \`outsideLinks: true\` to follow it.`
    this.#say(`link ${path}`, { level: "warning", message })
  }

  /** Says something of a place, unless it was said last. */
  #say(place: string, record: LogRecord): void {
    const whole = `${record.message} ${String(record.error)}`
    if (this.#said.get(place) === whole) return
    this.#said.set(place, whole)
    this.log(record)
  }
}

/** Finds a folder behind all links. */
async function placeOf(path: string, known: string): Promise<FoundFolder> {
  const absolute = await realpath(path)
  const stats = await stat(absolute, { bigint: true })
  if (!stats.isDirectory())
    throw new FolderUnusable(path, `\`${basename(path)}\` is no folder`, { fix: "Name a folder." })
  return { path: known, absolute, identity: `${stats.dev}-${stats.ino}` }
}
