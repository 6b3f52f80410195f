import { homedir } from "node:os"
import { join } from "node:path"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { toAbsolute } from "../components/static-resources-file.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { type SkillsOptions, type SkillsProvider, skillsOptions, skillsProvider } from "./skills-provider.ts"

/** A program that keeps skills in folders of its own. */
export type SkillHost = "claude" | "codex" | "copilot" | "cursor" | "gemini" | "goose" | "opencode" | "vscode"

/** How the skills of a host are served. */
export interface HostSkillsOptions extends SkillsOptions {
  /** The folder of the project; `false` for none. Default: the working directory. */
  readonly project?: string | URL | false
  /** The home of the person; `false` for none. Default: that of the user of the process. */
  readonly home?: string | URL | false
}

/** Where a host keeps skills, the first wins. */
interface Places {
  readonly project: readonly string[]
  readonly home: readonly string[]
  readonly system?: readonly string[]
}

const shared = ".agents/skills"

const hosts: { readonly [host in SkillHost]: Places } = {
  claude: { project: [".claude/skills"], home: [".claude/skills"] },
  codex: {
    project: [shared, ".codex/skills"],
    home: [".codex/skills", shared],
    system: ["/etc/codex/skills"],
  },
  copilot: { project: [".github/skills", ".claude/skills", shared], home: [".copilot/skills", shared] },
  cursor: { project: [".cursor/skills", shared], home: [".cursor/skills", shared] },
  gemini: { project: [".gemini/skills", shared], home: [".gemini/skills", shared] },
  goose: {
    project: [".goose/skills", shared],
    home: [".config/goose/skills", ".config/agents/skills", shared],
  },
  opencode: {
    project: [".opencode/skills", ".claude/skills", shared],
    home: [".config/opencode/skills", ".claude/skills", shared],
  },
  vscode: {
    project: [".github/skills", ".claude/skills", shared],
    home: [".copilot/skills", ".claude/skills", shared],
  },
}

/**
 * Makes a provider of the skills that a host has for a project and for a person, in this order: where two have the same
 * name, the project's wins. Folders that are not there are passed by.
 *
 * @param host Whose folders: `claude`, `codex`, `copilot`, `cursor`, `gemini`, `goose`, `opencode` or `vscode`.
 * @param options `project` and `home`, and those of `skills()`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} There is no such host.
 * @see https://agentskills.io/specification
 * @example
 * new FleetMCP("Mine", { plugins: [skillsExtension(skillsOf("claude", { project: false }))] })
 */
export function skillsOf(host: SkillHost, options: HostSkillsOptions = {}): SkillsProvider {
  const names = Object.keys(hosts)
  if (!names.includes(host)) {
    const near = typeof host === "string" ? nearestName(host, names) : undefined
    const fix = near === undefined ? `Give one of ${names.join(", ")}.` : `Did you mean \`${near}\`?`
    throw new InvalidOption("The first argument of `skillsOf()`", quoted(host), fix)
  }
  assertOptions("`skillsOf()`", options, known)
  const { project = ".", home = homedir(), ...rest } = options
  const places = hosts[host]
  const under = (base: string | URL | false, paths: readonly string[]): readonly string[] =>
    base === false ? [] : paths.map((path) => join(toAbsolute(base), path))
  const paths = [...under(project, places.project), ...under(home, places.home), ...(places.system ?? [])]
  const roots = [...new Set(paths)].map((path) => ({ path, kind: "optional" as const }))
  return skillsProvider(`skills of ${host}`, roots, rest)
}

const place = {
  holds: (value: unknown) => value === false || typeof value === "string" || value instanceof URL,
  expected: "a path, a `file:` URL or `false`",
}

const known: KnownOptions = {
  ...skillsOptions,
  kinds: { ...skillsOptions.kinds, project: place, home: place },
}
