import { basename } from "node:path"
import { assertOptions } from "../components/options.ts"
import { toAbsolute } from "../components/static-resources-file.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { type SkillsOptions, type SkillsProvider, skillsOptions, skillsProvider } from "./skills-provider.ts"
import type { SkillRoot } from "./skills-source.ts"

export type { FolderProvider } from "./folder-provider.ts"
export { type SkillsExtensionOptions, skillsExtension } from "./skills-extension.ts"
export { type HostSkillsOptions, type SkillHost, skillsOf } from "./skills-hosts.ts"
export type { SkillsOptions, SkillsProvider } from "./skills-provider.ts"

/**
 * Makes a provider of one skill: a folder with a `SKILL.md`. It is `skill://<name>/SKILL.md` by the name of the folder,
 * with `skill://<name>/_manifest` and the files beside it.
 *
 * @param folder A path, from the working directory at this moment, or a `file:` URL.
 * @param options `supportingFiles`, `mainFile`, `watch`, `outsideLinks`, `auth`, `tags`, `cache` and `log`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @see https://agentskills.io/specification
 * @example
 * new FleetMCP("Shop", { providers: [skill(new URL("skills/refunds/", import.meta.url))] })
 */
export function skill(folder: string | URL, options: SkillsOptions = {}): SkillsProvider {
  assertOptions("`skill()`", options, skillsOptions)
  const path = toAbsolute(folder)
  return skillsProvider(`skill ${basename(path)}`, [{ path, kind: "skill" }], options)
}

/**
 * Makes a provider of all skills in folders: each folder in them that has a `SKILL.md`. Where two have the same name,
 * the first root wins.
 *
 * @param roots A path, from the working directory at this moment, a `file:` URL, or a list of those.
 * @param options As of {@link skill}.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @see https://agentskills.io/specification
 * @example
 * new FleetMCP("Shop", { plugins: [skillsExtension(skills(new URL("skills/", import.meta.url)))] })
 */
export function skills(
  roots: string | URL | readonly (string | URL)[],
  options: SkillsOptions = {},
): SkillsProvider {
  assertOptions("`skills()`", options, skillsOptions)
  const list: readonly unknown[] = Array.isArray(roots) ? roots : [roots]
  const isPlace = (one: unknown): one is string | URL => typeof one === "string" || one instanceof URL
  if (list.length === 0 || !list.every(isPlace))
    throw new InvalidOption(
      "The first argument of `skills()`",
      quoted(roots),
      "Give a folder, or a list of some.",
    )
  const places = list.filter(isPlace).map((one): SkillRoot => ({ path: toAbsolute(one), kind: "root" }))
  return skillsProvider(`skills ${basename(places[0]?.path ?? "")}`, places, options)
}
