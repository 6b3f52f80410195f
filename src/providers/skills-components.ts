import type { AuthCheck } from "../components/auth-check.ts"
import type { CacheHints } from "../components/component.ts"
import { isTextType } from "../components/content-extension.ts"
import { resource } from "../components/resource.ts"
import { resourceContents } from "../components/resource-contents.ts"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { fromUtf8 } from "../shared/utf8.ts"
import type { AnyComponent } from "./local.ts"
import { digestOf, readBytes, type SkillFile, type SkillFolder } from "./skills-folder.ts"

/** How the files of a skill are offered. */
export interface SkillComponentOptions {
  readonly supportingFiles: "template" | "resources"
  readonly auth: AuthCheck | undefined
  readonly tags: readonly string[] | undefined
  readonly cache: CacheHints | undefined
  /** Called when a file is no longer what it was when its skill was read. */
  readonly onStale: () => Promise<void>
}

/** The name of what lists the files of a skill, with their sizes and digests. */
const MANIFEST = "_manifest"

/** Makes the resources of a skill. What a client asks for is only looked up among the files that were found. */
export function skillComponents(skill: SkillFolder, options: SkillComponentOptions): readonly AnyComponent[] {
  const { name, uri, head, main, files } = skill
  const { auth, tags, cache } = options
  const shared = {
    ...(auth === undefined ? undefined : { auth }),
    ...(tags === undefined ? undefined : { tags }),
    ...(cache === undefined ? undefined : { cache }),
  }
  const described = head.description === undefined ? undefined : { description: head.description }
  const fixed = (file: SkillFile, label: string, more?: object): AnyComponent =>
    resource(
      { uri: file.uri, name: label, mimeType: file.mimeType, size: file.size, ...shared, ...more },
      () => read(file, options),
    )
  const components = [fixed(main, name, described)]
  if (!files.has(MANIFEST)) {
    const about = { name: `${name} manifest`, description: `The files of the skill ${name}`, ...shared }
    const text = JSON.stringify(manifestOf(skill))
    components.push(
      resource({ uri: `${uri}/${MANIFEST}`, mimeType: "application/json", ...about }, () => text),
    )
  }
  const others = [...files.values()].filter((file) => file !== main)
  if (options.supportingFiles === "resources") {
    return [...components, ...others.map((file) => fixed(file, shortName(name, file.path)))]
  }
  if (others.length === 0) return components
  const about = { name: `${name} files`, description: `The other files of the skill ${name}`, ...shared }
  const template = resource<string>({ uri: `${uri}/{path*}`, ...about }, (variables) => {
    const file = files.get(String(variables.path))
    if (file === undefined) throw new ResourceNotFound(`${uri}/${String(variables.path)}`)
    return read(file, options)
  })
  return [...components, template]
}

/** What `_manifest` says. */
function manifestOf({ name, files }: SkillFolder): object {
  const listed = [...files.values()].map(({ path, size, digest }) => ({ path, size, hash: digest }))
  return { skill: name, files: listed }
}

/** Sends the very bytes that the digest is of: a text keeps its byte order mark and its line ends. */
async function read(file: SkillFile, { onStale }: SkillComponentOptions): Promise<unknown> {
  const bytes = await readBytes(file).catch(async (error: unknown) => {
    await onStale()
    throw error
  })
  // Who finds it to be another than the manifest says asks again, and must then be told what is there.
  if (digestOf(bytes) !== file.digest) await onStale()
  const text = isTextType(file.mimeType) ? fromUtf8(bytes) : undefined
  return resourceContents(text ?? bytes, { mimeType: file.mimeType })
}

function shortName(skill: string, path: string): string {
  const whole = `${skill}/${path}`
  return whole.length <= 128 ? whole : `…${whole.slice(-127)}`
}
