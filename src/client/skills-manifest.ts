import { SkillRefused } from "../errors/skill-download.ts"

/** A file of a skill, as a server tells of it. */
export interface ManifestFile {
  /** From the folder of the skill, with slashes; safe on every system. */
  readonly path: string
  readonly size: number
  /** `sha256:` and 64 digits. */
  readonly hash: string
}

/** How much is taken. */
export interface ManifestLimits {
  readonly maxFiles: number
  readonly maxBytes: number
}

/**
 * Reads what a server says are the files of a skill.
 *
 * @throws {SkillRefused} It is no manifest, says more than is taken, or names what must not be written.
 */
export function readManifest(name: string, value: unknown, limits: ManifestLimits): readonly ManifestFile[] {
  const refuse = (problem: string) => new SkillRefused(name, problem)
  const files: unknown = isObject(value) ? value.files : undefined
  if (!Array.isArray(files)) throw refuse("its manifest has no `files`")
  if (files.length > limits.maxFiles)
    throw refuse(`it has ${files.length} files, of at most ${limits.maxFiles}`)
  const read = files.map((file: unknown) => readFile(file, refuse))
  const bytes = read.reduce((sum, { size }) => sum + size, 0)
  if (bytes > limits.maxBytes) throw refuse(`it has ${bytes} bytes, of at most ${limits.maxBytes}`)
  assertDistinct(read, refuse)
  return read
}

type Refuse = (problem: string) => SkillRefused

function readFile(file: unknown, refuse: Refuse): ManifestFile {
  if (!isObject(file)) throw refuse("its manifest has a file without fields")
  const { path, size, hash } = file
  if (typeof path !== "string") throw refuse("its manifest has a file without a path")
  const danger = pathDanger(path)
  if (danger !== undefined) throw refuse(`the path \`${path}\` ${danger}`)
  if (!Number.isSafeInteger(size) || Number(size) < 0) throw refuse(`\`${path}\` has no size`)
  if (typeof hash !== "string" || !/^sha256:[0-9a-f]{64}$/.test(hash))
    throw refuse(`\`${path}\` has no SHA-256`)
  return { path, size: Number(size), hash }
}

const MAX_DEPTH = 16
const MAX_PATH = 1024

/**
 * Says why a path must not be written below a folder, on any system: Windows reads backslashes, colons, dots and spaces
 * at ends, and names of devices otherwise than others do.
 */
export function pathDanger(path: string): string | undefined {
  if (path.length > MAX_PATH) return "is too long"
  const parts = path.split("/")
  if (parts.length > MAX_DEPTH) return "is too deep"
  for (const part of parts) {
    const danger = nameDanger(part)
    if (danger !== undefined) return danger
  }
  return undefined
}

/** Says why a text must not be the name of a file. */
export function nameDanger(name: string): string | undefined {
  if (name === "" || name === "." || name === "..") return "leads elsewhere"
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
  if (/[\0-\x1f\x7f\\:*?"<>|]/.test(name)) return "holds what no name may hold everywhere"
  if (/[. ]$/.test(name)) return "ends a name with a dot or a space"
  if (
    /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)/i.test(name.replace(/ +(?=\.|$)/g, ""))
  )
    return "is the name of a device on Windows"
  if (new TextEncoder().encode(name).length > 255) return "holds a name that is too long"
  return isWhole(name) ? undefined : "holds half a character"
}

function isWhole(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text)
}

/** Some systems tell neither case nor ways of writing an accent apart: one file would take the place of another. */
function assertDistinct(files: readonly ManifestFile[], refuse: Refuse): void {
  const seen = new Set<string>()
  const folders = new Set<string>()
  for (const { path } of files) {
    const folded = foldName(path)
    if (seen.has(folded)) throw refuse(`\`${path}\` is there twice`)
    seen.add(folded)
    const parts = folded.split("/")
    for (let end = 1; end < parts.length; end++) folders.add(parts.slice(0, end).join("/"))
  }
  const both = [...folders].find((folder) => seen.has(folder))
  if (both !== undefined) throw refuse(`\`${both}\` is a file and a folder`)
}

/** Makes names equal that some file system takes for one. */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase().toUpperCase()
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
