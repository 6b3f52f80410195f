import { type AuthCheck, isAuthCheck } from "../components/auth-check.ts"
import type { CacheHints } from "../components/component.ts"
import { cacheOptions, type KnownOptions, type OptionKind } from "../components/options.ts"
import type { ServerLog } from "../server/server-log.ts"
import { type FolderProvider, folderProvider } from "./folder-provider.ts"
import { kSkills, type SkillRoot, SkillSource } from "./skills-source.ts"

/** How skills are served. */
export interface SkillsOptions {
  /** Whether files beside the main file have one template for all, or are resources each. Default `template`. */
  readonly supportingFiles?: "template" | "resources"
  /** The file that makes a folder a skill. Default `SKILL.md`. */
  readonly mainFile?: string
  /** Whether changes are taken over while the server runs. Default `false`. */
  readonly watch?: boolean
  /** Whether links that lead out of a skill, or out of a folder of skills, are followed. Default `false`. */
  readonly outsideLinks?: boolean
  /** Who may see and read them. Default: everyone. */
  readonly auth?: AuthCheck
  /** Marks for grouping and filtering. Default: none. */
  readonly tags?: readonly string[]
  /** How long clients may keep what they read. Default: the server's. */
  readonly cache?: CacheHints
  /** Where it says what it cannot serve. Default: the standard error stream. */
  readonly log?: ServerLog
}

/** A provider of skills, which `skillsExtension()` takes. */
export interface SkillsProvider extends FolderProvider {
  /** What the extension reads of it. */
  readonly [kSkills]: SkillSource
}

/** Makes the provider of some roots; the options were checked. */
export function skillsProvider(
  name: string,
  roots: readonly SkillRoot[],
  options: SkillsOptions,
): SkillsProvider {
  const source = new SkillSource(name, roots, options)
  const folders = folderProvider({
    name,
    watch: options.watch ?? false,
    log: source.log,
    read: () => source.read(),
  })
  source.onStale = () => folders.rescan()
  return Object.freeze({ ...folders, [kSkills]: source })
}

const kinds: { readonly [name in keyof SkillsOptions]-?: OptionKind } = {
  supportingFiles: ["template", "resources"],
  mainFile: {
    holds: (value) => typeof value === "string" && /^[^/\\\0.][^/\\\0]*$/.test(value),
    expected: "the name of a file",
  },
  watch: "boolean",
  outsideLinks: "boolean",
  auth: { holds: isAuthCheck, expected: "`requireScopes(…)`, a function, or a list of these" },
  tags: "strings",
  cache: cacheOptions,
  log: "function",
}

/** The options of all that serve skills. */
export const skillsOptions: KnownOptions = {
  kinds,
  foreign: {
    reload: "Use `watch`.",
    main_file_name: "Use `mainFile`.",
    mainFileName: "Use `mainFile`.",
    supporting_files: "Use `supportingFiles`.",
    roots: "Give the folders as the first argument.",
    followSymlinks: "Use `outsideLinks`.",
  },
}
