import { encodePath, type SkillFolder } from "./skills-folder.ts"

/** A skill, as `skills/list` and `skills/get` tell of it. */
export interface SkillEntry {
  readonly uri: string
  readonly frontmatter: { readonly [field: string]: unknown }
  readonly resources: readonly { readonly uri: string; readonly digest: string; readonly size: number }[]
}

/** A file or folder, as `resources/directory/read` lists it. */
export interface Child {
  readonly uri: string
  readonly name: string
  readonly mimeType: string
  readonly size?: number
}

/** What became of a skill: its entry, or why it has none. */
type Verdict =
  | { readonly entry: SkillEntry; readonly problem?: undefined }
  | { readonly entry: undefined; readonly problem: string }

const entries: WeakMap<SkillFolder, Verdict> = /* @__PURE__ */ new WeakMap()

/**
 * Makes the entry of a skill, once.
 *
 * @see SEP-2640, and https://agentskills.io/specification for names
 */
export function toEntry(skill: SkillFolder): Verdict {
  const kept = entries.get(skill)
  if (kept !== undefined) return kept
  const made = judge(skill)
  entries.set(skill, made)
  return made
}

function judge({ name, head, main, files }: SkillFolder): Verdict {
  const { frontmatter } = head
  const fail = (problem: string): Verdict => ({ entry: undefined, problem })
  if (main.path !== "SKILL.md") return fail("its main file is not `SKILL.md`")
  if (frontmatter === undefined) return fail(head.problem ?? "it has no frontmatter")
  if (frontmatter.name !== name) return fail("the `name` of its frontmatter is not that of its folder")
  if (!isSkillName(name))
    return fail("its name is not of 1 to 64 of `a-z 0-9 -`, without `-` at an end or twice")
  const { description } = frontmatter
  if (typeof description !== "string" || description.trim() === "")
    return fail("its frontmatter has no `description`")
  const resources = [...files.values()].map(({ uri, digest, size }) => ({ uri, digest, size }))
  return { entry: { uri: main.uri, frontmatter, resources } }
}

function isSkillName(name: string): boolean {
  return name.length <= 64 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)
}

/** Lists what is in a folder of a skill, by the URI of the folder; `undefined` where it is none. */
export function childrenOf(skill: SkillFolder, uri: string): readonly Child[] | undefined {
  if (uri !== skill.uri && !uri.startsWith(`${skill.uri}/`)) return undefined
  const paths = skill.folders.map(({ path }) => path)
  const folder = paths.find((path) => uriOf(skill, path) === uri)
  if (folder === undefined) return undefined
  const isChild = (path: string) => path !== "" && parentOf(path) === folder
  const files = [...skill.files.values()]
    .filter(({ path }) => isChild(path))
    .map(({ path, size, mimeType, uri: own }) => ({ uri: own, name: nameOf(path), mimeType, size }))
  const folders = paths
    .filter(isChild)
    .map((path) => ({ uri: uriOf(skill, path), name: nameOf(path), mimeType: "inode/directory" }))
  return [...folders, ...files].sort((a, b) => (a.uri < b.uri ? -1 : 1))
}

function uriOf(skill: SkillFolder, path: string): string {
  return path === "" ? skill.uri : `${skill.uri}/${encodePath(path)}`
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0))
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1)
}
